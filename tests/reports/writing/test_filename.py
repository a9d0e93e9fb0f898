"""File names for things of any name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_reports.writing.filename import FileNames


@pytest.mark.parametrize("name", ["poste-042.lyon.example", "PC-0042", "10.0.0.7", "DSK-01", "a_b"])
def test_a_plain_name_stays(name: str) -> None:
    assert FileNames().claim(name) == name


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/mnt/image", "a b", "con", "NUL.lyon", "é", "", ".", "fe80::1%eth0"]
)
def test_any_other_gets_a_digest_and_is_the_same_in_each_run(name: str) -> None:
    claimed = FileNames().claim(name)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*-[0-9a-f]{8}", claimed)
    other = FileNames()
    other.claim("something else")
    assert other.claim(name) == claimed


def test_names_that_differ_in_case_alone_do_not_share_a_file() -> None:
    names = FileNames()
    assert names.claim("PC-1") == "PC-1"
    assert names.claim("pc-1").startswith("pc-1-")


@given(st.lists(st.text(max_size=300) | st.sampled_from(["a", "A", "a b", "a_b", "con"]), max_size=12))
def test_any_names_are_safe_and_never_shared(given_names: list[str]) -> None:
    names = FileNames()
    claimed = [names.claim(name) for name in given_names]
    assert len({name.lower() for name in claimed}) == len(claimed)
    for name in claimed:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}", name)
        assert not name.endswith(".")
