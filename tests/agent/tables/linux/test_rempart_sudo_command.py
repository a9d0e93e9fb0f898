"""Table rempart_sudo_command, from real files; its model is held against sudo's tools in tests/agent/models/sudo."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_sudo_command
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
FILES = {
    "/etc/passwd": "root:x:0:0::/root:/bin/bash\n",
    "/etc/group": "root:x:0:\n",
    "/etc/sudoers": "root ALL=(ALL:ALL) ALL\n#1000 ALL = /bin/ls \\\n -l\n@includedir /etc/sudoers.d\n",
    "/etc/sudoers.d/site": '%ops ALL = (www) /usr/bin/id ""\n',
}


def test_each_command_of_each_rule_has_a_row(root_of: RootOf) -> None:
    rows = list(rempart_sudo_command.rows(root_of(FILES), Query()))
    assert [(r["users"], r["runas"], r["command"], r["arguments"], r["any_arguments"], r["source"]) for r in rows] == [
        ("root", "ALL", "ALL", "", 1, "/etc/sudoers"),
        ("#1000", "", "/bin/ls", "-l", 0, "/etc/sudoers"),
        ("%ops", "www", "/usr/bin/id", "", 0, "/etc/sudoers.d/site"),
    ]


def test_rules_that_lie_elsewhere_are_said(root_of: RootOf) -> None:
    rows = list(rempart_sudo_command.rows(root_of({**FILES, "/etc/sudoers-rs": ""}), Query()))
    assert (rows[0]["command"], rows[0]["source"]) == ("", "/etc/sudoers-rs")
    assert rows[0]["why"]


def test_a_file_that_may_not_be_read_raises(root_of: RootOf, deny: Callable[[RootTarget, str], None]) -> None:
    target = root_of(FILES)
    deny(target, "/etc/sudoers")
    with pytest.raises(Denied):
        list(rempart_sudo_command.rows(target, Query()))
