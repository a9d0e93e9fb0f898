"""Table rempart_auditd_conf: settings in force, and whether auditd starts with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import rempart_auditd_conf
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
_FILE = "/etc/audit/auditd.conf"
_TEXT = "space_left = 25%\nadmin_space_left = 50\nmax_log_file = 8\n"


pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="auditd wants a file of root's")


def _rows(target: RootTarget) -> dict[str, dict[str, Any]]:
    return {str(row["key"]): dict(row) for row in rempart_auditd_conf.rows(target, Query())}


def test_numbers_words_and_defaults(root_of: RootOf) -> None:
    rows = _rows(root_of({_FILE: _TEXT}))
    assert rows["space_left"] == {
        "key": "space_left",
        "value": "25%",
        "number": 25,
        "percent": 1,
        "source": _FILE,
        "line": 1,
        "starts": 1,
        "why": "",
    }
    assert (rows["max_log_file"]["number"], rows["max_log_file"]["percent"]) == (8, 0)
    assert (rows["disk_full_action"]["value"], rows["disk_full_action"]["source"]) == ("ignore", "default")


def test_without_a_file_auditd_has_its_defaults(root_of: RootOf) -> None:
    rows = _rows(root_of({"/etc/": ""}))
    assert {row["source"] for row in rows.values()} == {"default"}
    assert rows["space_left"]["starts"] == 1


@pytest.mark.parametrize("text", [_TEXT + "space_left_action=email\n", _TEXT + "what = 1\n"])
def test_what_auditd_refuses(root_of: RootOf, text: str) -> None:
    rows = _rows(root_of({_FILE: text}))
    assert {row["starts"] for row in rows.values()} == {0}
    assert "line 4" in rows["freq"]["why"]


def test_a_file_that_is_a_link_or_anybodys_is_refused(root_of: RootOf) -> None:
    target = root_of({"/etc/audit/": "", "/srv/conf": _TEXT})
    os.symlink("/srv/conf", target.root + _FILE)
    assert _rows(target)["freq"]["starts"] == 0
    wide = root_of({_FILE: _TEXT})
    os.chmod(wide.root + _FILE, 0o646)
    assert _rows(wide)["freq"]["starts"] == 0


def test_what_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of({_FILE: _TEXT})
    deny(target, _FILE)
    with pytest.raises(Denied):
        _rows(target)
