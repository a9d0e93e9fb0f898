"""Untrusted text stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.text import clean, clean_line, defang


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("::error file=a,line=1::pwned", r":\:error file=a,line=1::pwned"),
        ("  ::add-mask::secret", r"  :\:add-mask::secret"),
        (":::error::x", r":\:\:error::x"),
        ("seen ::stop-commands::dead ::dead::", r"seen :\:stop-commands::dead :\:dead::"),
        ("a\n::warning::b", "a\n:\\:warning::b"),
        ("##vso[task.setvariable variable=x]y", r"##\vso[task.setvariable variable=x]y"),
        ("before ##VSO[task.complete]", r"before ##\VSO[task.complete]"),
        ("###teamcity[buildStop]", r"###\teamcity[buildStop]"),
        ("x##[error]y", r"x##\[error]y"),
        ("[[ATTACHMENT|/etc/shadow]]", r"[\[ATTACHMENT|/etc/shadow]]"),
    ],
)
def test_commands_of_build_services_are_broken_visibly(hostile: str, shown: str) -> None:
    assert defang(hostile) == shown


@pytest.mark.parametrize(
    "honest",
    [
        "APT::Periodic::Unattended-Upgrade",
        "::1",
        "[::]:22",
        ":::22",
        "::ffff:192.0.2.1",
        "fe80::abcd:1",
        "2001:db8::/32",
        "## heading",
        "[[ -f x ]]",
        "std::string",
    ],
)
def test_honest_text_stays_as_it_is(honest: str) -> None:
    assert defang(honest) == honest


_PIECES = st.lists(
    st.sampled_from(
        ["::", ":", "##", "#", "[", "[[", "vso[", "teamcity[", "ATTACHMENT|", "error", "dead", "1", " ", "\n", "\\"]
    )
    | st.characters(),
    max_size=12,
).map("".join)


@given(_PIECES)
def test_no_command_is_left_and_a_second_pass_changes_nothing(text: str) -> None:
    safe = defang(clean(text))
    for line in safe.lower().splitlines():
        assert "##[" not in line
        assert "##vso[" not in line
        assert "##teamcity[" not in line
        assert "[[attachment|" not in line
        start = line.lstrip()
        assert not (start.startswith("::") and start[2:3].isalpha() and "::" in start[2:] and start[2:3].isascii())
    assert defang(safe) == safe


@given(st.text())
def test_a_clean_line_is_one_line_that_every_encoding_and_xml_can_hold(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert line.encode().decode() == line
    assert not any(ord(c) < 0x20 or c in "\x7f\ufffe\uffff" for c in line)
