"""Table sudoers: every rule that sudo would read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Denied, Limit, Malformed, Query
from rempart_agent.tables.linux import sudoers
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _rules(target: Any) -> list[tuple[str, str, str]]:
    return [(str(r["source"]), str(r["header"]), str(r["rule_details"])) for r in sudoers.rows(target, Query())]


def test_a_line_is_its_first_word_and_the_rest() -> None:
    text = (
        "# comment\n\nDefaults\tenv_reset\n  root   ALL=(ALL:ALL) ALL  \r\n%sudo ALL=(ALL) ALL # all\n"
        "#1001 ALL=ALL\nalone\n#include\nDefaults:bob !authenticate"
    )
    assert list(sudoers.parse(text)) == [
        ("Defaults", "env_reset"),
        ("root", "ALL=(ALL:ALL) ALL"),
        ("%sudo", "ALL=(ALL) ALL # all"),
        ("alone", ""),
        ("Defaults:bob", "!authenticate"),
    ]


def test_continued_lines_are_one_rule() -> None:
    text = "alice ALL=(root) NOPASSWD: /bin/a, \\\n\n   /bin/b, \\\n/bin/c\nbob\\\n ALL=ALL\nlast ALL=\\"
    assert list(sudoers.parse(text)) == [
        ("alice", "ALL=(root) NOPASSWD: /bin/a, /bin/b, /bin/c"),
        ("bob", "ALL=ALL"),
        ("last", "ALL=\\"),
    ]


def test_includes_are_read_in_place(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/sudoers": "first ALL\n@include sudoers.local\n#includedir /etc/sudoers.d\nlast ALL\n",
            "/etc/sudoers.local": "local ALL\n",
            "/etc/sudoers.d/b": "b ALL\n",
            "/etc/sudoers.d/a": "a ALL\n@include /etc/absent\n",
            "/etc/sudoers.d/with.dot": "no ALL\n",
            "/etc/sudoers.d/backup~": "no ALL\n",
            "/etc/sudoers.d/folder/x": "no ALL\n",
        }
    )
    os.mkfifo(target.root + "/etc/sudoers.d/pipe")
    os.symlink("nowhere", target.root + "/etc/sudoers.d/broken")
    assert _rules(target) == [
        ("/etc/sudoers", "first", "ALL"),
        ("/etc/sudoers", "@include", "sudoers.local"),
        ("/etc/sudoers.local", "local", "ALL"),
        ("/etc/sudoers", "#includedir", "/etc/sudoers.d"),
        ("/etc/sudoers.d/a", "a", "ALL"),
        ("/etc/sudoers.d/a", "@include", "/etc/absent"),
        ("/etc/sudoers.d/b", "b", "ALL"),
        ("/etc/sudoers", "last", "ALL"),
    ]


def test_a_quoted_path_and_the_name_of_the_host_are_understood(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/sudoers": '@include "/etc/my rules"\n@include /etc/other\\ rules\n@include /etc/sudoers.%h # mine\n',
            "/etc/my rules": "one ALL",
            "/etc/other rules": "two ALL",
            "/etc/sudoers.crm": "three ALL",
            "/etc/hostname": "crm.example.org\n",
        }
    )
    assert [header for _, header, _ in _rules(target) if header != "@include"] == ["one", "two", "three"]


def test_a_cycle_of_includes_ends(root_of: RootOf) -> None:
    target = root_of({"/etc/sudoers": "a ALL\n@include /etc/b\n", "/etc/b": "b ALL\n@include /etc/sudoers\n"})
    assert [header for _, header, _ in _rules(target)] == ["a", "@include", "b", "@include"]


def test_includes_without_end_raise(root_of: RootOf) -> None:
    files = {f"/etc/s{n}": f"@include /etc/s{n + 1}\n" for n in range(140)}
    with pytest.raises(Malformed):
        _rules(root_of({"/etc/sudoers": "@include /etc/s0\n", **files}))


def test_includes_that_double_at_every_step_raise(root_of: RootOf) -> None:
    files = {f"/etc/s{n}": f"@include /etc/s{n + 1}\n@include /etc/s{n + 1}\n" for n in range(20)}
    with pytest.raises(Limit):
        _rules(root_of({"/etc/sudoers": "@include /etc/s0\n", **files}))


def test_a_machine_without_sudo_has_no_rows(root_of: RootOf) -> None:
    assert _rules(root_of({"/etc/": ""})) == []


@pytest.mark.parametrize("path", ["/etc/sudoers", "/etc/sudoers.d", "/etc/sudoers.d/ops"])
def test_rules_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/sudoers": "@includedir /etc/sudoers.d\n", "/etc/sudoers.d/ops": ""})
    deny(target, path)
    with pytest.raises(Denied):
        _rules(target)


@given(st.text(st.sampled_from("ab #@\\\n\t=%") | st.characters(), max_size=80))
def test_any_text_is_taken(text: str) -> None:
    assert all(header for header, _ in sudoers.parse(text) if "\\" not in text)
