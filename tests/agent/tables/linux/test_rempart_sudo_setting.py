"""Table rempart_sudo_setting, from real files; its model is held against sudo's tools in tests/agent/models/sudo."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.sudo import parser, written
from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_sudo_setting
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
FILES = {
    "/etc/passwd": "root:x:0:0::/root:/bin/bash\n",
    "/etc/group": "root:x:0:\n",
    "/etc/sudoers": "Defaults use_pty\n@includedir /etc/sudoers.d\nDefaults env_reset\n",
    "/etc/sudoers.d/site": "Defaults:alice !use_pty\n",
    "/etc/sudoers.d/off.disabled": "Defaults !use_pty\n",
}


def test_settings_come_in_the_order_in_which_sudo_reads_them(root_of: RootOf) -> None:
    rows = list(rempart_sudo_setting.rows(root_of(FILES), Query()))
    assert [(r["number"], r["name"], r["state"], r["source"], r["line"]) for r in rows] == [
        (0, "use_pty", "on", "/etc/sudoers", 1),
        (1, "use_pty", "off", "/etc/sudoers.d/site", 1),
        (2, "env_reset", "on", "/etc/sudoers", 3),
    ]


def test_rules_that_lie_elsewhere_are_said(root_of: RootOf) -> None:
    files = {**FILES, "/etc/nsswitch.conf": "sudoers: files sss\n"}
    first = next(iter(rempart_sudo_setting.rows(root_of(files), Query())))
    assert (first["name"], first["state"], first["source"]) == ("", "unknown", "/etc/nsswitch.conf")
    assert "sss" in str(first["why"])


def test_a_file_that_may_not_be_read_raises(root_of: RootOf, deny: Callable[[RootTarget, str], None]) -> None:
    target = root_of(FILES)
    deny(target, "/etc/sudoers.d/site")
    with pytest.raises(Denied):
        list(rempart_sudo_setting.rows(target, Query()))


def test_no_sudo_gives_no_rows(root_of: RootOf) -> None:
    assert list(rempart_sudo_setting.rows(root_of({"/etc/hostname": "box\n"}), Query())) == []


@given(st.text(alphabet='Defaults!:@>=,+- \t\n\\"#use_ptylogfi/09%Cmnd_AliasA(){}', max_size=200))
def test_any_text_is_read(text: str) -> None:
    policy = parser.parse("/s", {"/s": text}.get, lambda _: [])
    for setting in written.settings(policy):
        assert setting.state in ("on", "off", "value", "ignored", "unknown")
    assert all(command.command or command.why for command in written.commands(policy))
