"""A report says where the models were never held against the system that it is about."""

from __future__ import annotations

import pytest

from rempart_core.model.tested_systems import note_version


@pytest.mark.parametrize(
    "system",
    ["Debian GNU/Linux 12 (bookworm)", "Ubuntu 24.04 LTS", "Red Hat Enterprise Linux 9.4 (Plow)", "Debian GNU/Linux"],
)
def test_another_system_is_said(system: str) -> None:
    (note,) = note_version("linux", system)
    assert note.en.startswith("version not tested: ")
    assert note.fr.startswith("version non essayée")


@pytest.mark.parametrize(
    ("platform", "system"), [("linux", "Debian GNU/Linux 13 (trixie)"), ("linux", ""), ("windows", "Windows 11")]
)
def test_nothing_is_said_where_it_was_or_where_no_model_answers(platform: str, system: str) -> None:
    assert note_version(platform, system) == ()
