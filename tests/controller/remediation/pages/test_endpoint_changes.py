"""What hosts have a record of, in lines and for machines: how each change stands there, and what is under way."""

from __future__ import annotations

from rempart_controller.remediation.pages.endpoint_changes import show, to_data
from rempart_controller.remediation.undo.endpoint_records import Endpoint, FoundChange
from rempart_core.text import Text

OPEN = FoundChange("open", holder="ann@desk", begun=1_795_500_000, checks=("RMT-01",), armed=True, acts=2)
FOUND = {
    "web": Endpoint({"c-1": OPEN, "c-2": FoundChange("undone", by="timer")}),
    "db": Endpoint(),
    "gone": Endpoint(failure=Text("no route", "aucune route")),
}


def test_a_line_says_how_a_change_stands_and_what_waits() -> None:
    assert list(show(FOUND, "en")) == [
        "web  c-1  open · its timer will roll it back · by ann@desk · begun 2026-11-24 06:00 UTC · RMT-01",
        "web  c-2  rolled back · by its timer",
        "db  no change",
        "gone  did not answer: no route",
    ]
    assert "son minuteur l’annulera" in next(iter(show(FOUND, "fr")))


def test_a_machine_tells_a_silent_host_from_one_without_changes() -> None:
    hosts = to_data(FOUND)["hosts"]
    assert isinstance(hosts, dict)
    assert hosts["db"] == {"failure": None, "changes": {}}
    assert hosts["gone"] == {"failure": ["no route", "aucune route"], "changes": {}}
