"""Who may change the entries of GRUB's menu."""

from __future__ import annotations

from typing import Any

import pytest
from rempart_testing.grub_files import DEBIAN, HASH, RHEL

from rempart_agent.models.grub.guard import guard
from rempart_agent.models.grub.script import parse


def _guard(text: str, **user: str) -> tuple[Any, dict[str, str]]:
    found = guard(parse(text), user)
    return found.superusers, found.hashes


def test_debian_and_rhel_as_they_come_have_no_guard() -> None:
    assert _guard(DEBIAN) == ((), {})
    assert _guard(RHEL) == ((), {})


def test_a_superuser_with_a_hash() -> None:
    # info grub, "Authentication and authorisation"
    assert _guard(f'set superusers="boss"\npassword_pbkdf2 boss {HASH}\n') == (("boss",), {"boss": "pbkdf2"})
    assert _guard(RHEL, GRUB2_PASSWORD=HASH) == (("root",), {"root": "pbkdf2"})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("password boss secret\n", "plain"),
        ("password_pbkdf2 boss secret\n", "broken"),
        (f"password_pbkdf2 boss {HASH[:60]}\n", "broken"),
        (f"password_pbkdf2 boss {HASH}\npassword boss secret\n", "several"),
        (f"if [ $a = b ]; then\npassword_pbkdf2 boss {HASH}\nfi\n", "unknown"),
        (f"function f {{\npassword_pbkdf2 boss {HASH}\n}}\n", "unknown"),
    ],
)
def test_what_is_no_hash(text: str, kind: str) -> None:
    assert _guard(text)[1] == {"boss": kind}


def test_the_last_line_counts_and_a_condition_leaves_it_open() -> None:
    assert _guard('set superusers="boss"\nset superusers=""\n')[0] == ()
    assert _guard('set superusers="boss"\nunset superusers\n')[0] == ()
    assert _guard('set superusers="boss"\nif [ $a ]; then\nset superusers=""\nfi\n')[0] is None
    assert _guard('superusers="a, b;c"\n')[0] == ("a", "b", "c")


def test_a_name_that_hangs_on_a_variable_is_its_value_or_nothing() -> None:
    assert _guard('set superusers="$who"\n')[0] == ()
