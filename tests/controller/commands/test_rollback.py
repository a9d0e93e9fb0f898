"""A change that somebody else has under way is not undone from under them, with or without a timer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from rempart_controller.commands import rollback
from rempart_controller.commands.options.remediation import HostWork
from rempart_controller.fleet.fleet import Limits
from rempart_controller.inventory.host_choice import HostChoice
from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.pages.endpoint_changes import show
from rempart_controller.remediation.records.change import name_author
from rempart_controller.remediation.undo.endpoint_records import Endpoint, FoundChange, ask_endpoints
from rempart_core.text import Text

CHANGE = "c-20261128-070931-156e"


@pytest.mark.parametrize(
    ("found", "force", "left"),
    [
        ({"armed": True, "holder": "ann@desk"}, False, True),
        ({"armed": True, "holder": "ann@desk"}, True, False),
        ({"armed": False, "holder": "ann@desk"}, False, False),  # it was left by who made it
        ({"held": 20, "holder": "ann@desk"}, False, True),  # no timer is armed yet, or none will be
        ({"held": 20, "holder": "ann@desk"}, True, False),
        ({"held": 20, "holder": name_author()}, False, False),
        ({"doing": Text("installing", "installation"), "holder": "ann@desk"}, False, True),
        ({"held": 20, "holder": "ann@desk", "state": "kept"}, False, False),
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
    request = rollback.RollbackRequest(HostWork(HostChoice(("hosts",)), Limits()), CHANGE, force=force)
    with Console(quiet=False) as console:
        record, silent, withheld = rollback._ask_hosts(None, CHANGE, {"web": None}, lambda *_: [], request, console)
    assert (list(withheld), list(record.hosts), list(silent)) == ((["web"], [], []) if left else ([], ["web"], []))
    said = f"web: change {CHANGE} of ann@desk is under way here"
    assert (said in capfd.readouterr().err) == left


@pytest.mark.parametrize("force", [False, True])
def test_a_change_of_an_older_version_is_left_to_that_version(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], force: bool
) -> None:
    found = {"web": Endpoint({CHANGE: FoundChange("older", holder="ann@desk", checks=("RMT-01",))})}
    monkeypatch.setattr(rollback, "ask_endpoints", lambda *_: found)
    request = rollback.RollbackRequest(HostWork(HostChoice(("hosts",)), Limits()), CHANGE, force=force)
    with Console(quiet=False) as console:
        record, silent, withheld = rollback._ask_hosts(None, CHANGE, {"web": None}, lambda *_: [], request, console)
    assert (list(withheld), list(record.hosts), list(silent)) == (["web"], [], [])
    said = "made by an older version of Rempart: roll it back with that version"
    assert f"web: {CHANGE}: {said}" in capfd.readouterr().err
    assert list(show(found, "en")) == [f"web  {CHANGE}  {said} · by ann@desk · RMT-01"]
    assert "version plus ancienne de Rempart" in "".join(show(found, "fr"))


def test_who_holds_a_host_is_heard_from_the_host_itself() -> None:
    acts = {
        "changes": {CHANGE: {"state": "armed"}, "c-old": {"state": "open"}},
        "lease": {"change": CHANGE, "held": 20},
    }

    def play(_name: str, _variables: object) -> Iterable[Event]:
        return [Event("task", "Read it", host="web", outcome="ok", answer=acts)]

    found = ask_endpoints(["web"], play)["web"].changes
    assert (found[CHANGE].under_way, found["c-old"].under_way) == (True, False)
