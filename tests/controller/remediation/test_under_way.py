"""A change that somebody else has under way, guarded by its timer, is not undone from under them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from rempart_controller.commands import rollback
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.records.change import name_author
from rempart_controller.remediation.undo.endpoint_records import Endpoint, FoundChange

CHANGE = "c-20261128-070931-156e"


@pytest.mark.parametrize(
    ("found", "force", "left"),
    [
        ({"armed": True, "holder": "ann@desk"}, False, True),
        ({"armed": True, "holder": "ann@desk"}, True, False),
        ({"armed": False, "holder": "ann@desk"}, False, False),
        ({"armed": True, "holder": name_author()}, False, False),
        ({"armed": True, "holder": "ann@desk", "state": "kept"}, False, False),
    ],
)
def test_it_is_left_unless_it_is_forced(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], found: dict[str, Any], force: bool, left: bool
) -> None:
    def ask(names: Iterable[str], _tell: Any) -> Mapping[str, Endpoint]:
        return {name: Endpoint({CHANGE: FoundChange(**{"state": "open", "acts": 2, **found})}) for name in names}

    monkeypatch.setattr(rollback, "ask_endpoints", ask)
    options = argparse.Namespace(checks_dir=[], inventory=["hosts"], lang="en", force=force, dry_run=False)
    with Console(quiet=False) as console:
        record, silent, withheld = rollback._ask_hosts(None, CHANGE, {"web": None}, lambda *_: [], options, console)
    assert (withheld, list(record.hosts), silent) == ((["web"], [], []) if left else ([], ["web"], []))
    said = f"web: change {CHANGE} of ann@desk is under way here, under its timer"
    assert (said in capfd.readouterr().err) == left
