"""A report says where the models were never held against the system that it is about."""

from __future__ import annotations

import pytest

from rempart_core.model.tested_systems import note_profile, note_version


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


@pytest.mark.parametrize(
    ("written_for", "system"),
    [
        ("Debian GNU/Linux 12", "Debian GNU/Linux 13 (trixie)"),
        ("Debian GNU/Linux 1", "Debian GNU/Linux 12 (bookworm)"),
        ("Red Hat Enterprise Linux 9", "Rocky Linux 9.4 (Blue Onyx)"),
        ("Red Hat Enterprise Linux 9", "Windows Server 2022"),
    ],
)
def test_a_profile_for_another_system_is_said_once_in_both_languages(written_for: str, system: str) -> None:
    (note,) = note_profile("supports-x", written_for, system)
    assert note.en.startswith(f"The profile supports-x was written for {written_for}; this host is {system}: ")
    assert f"écrit pour {written_for}\u202f; cette machine est {system}\u00a0: " in note.fr


@pytest.mark.parametrize(
    ("written_for", "system"),
    [
        ("Debian GNU/Linux 12", "Debian GNU/Linux 12 (bookworm)"),
        ("Red Hat Enterprise Linux 9", "Red Hat Enterprise Linux 9.4 (Plow)"),
        ("Debian GNU/Linux 12", "Debian GNU/Linux 12"),
        ("Debian GNU/Linux 12", ""),
        ("", "Debian GNU/Linux 13 (trixie)"),
    ],
)
def test_nothing_is_said_of_a_profile_where_it_fits_or_names_no_system(written_for: str, system: str) -> None:
    assert note_profile("p", written_for, system) == ()
