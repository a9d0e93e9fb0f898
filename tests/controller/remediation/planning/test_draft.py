"""What a plan takes up, and what it leaves to people, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_controller.inventory.host import Host
from rempart_controller.remediation.planning.draft import Wanted, draft_host, leave_idle
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost, Step
from rempart_core.content.fixfile import Fix
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.check import Remediation
from rempart_core.model.result import State
from rempart_core.text import Text

FIXES = {("RMT-01", platform): Fix("RMT-01", platform, "remote_access") for platform in ("linux", "darwin", "windows")}
OPEN = make_result(
    "RMT-01", State.FAIL, ["PermitRootLogin"], remediation=Remediation("remote_access", "lockout", Text("do", "faire"))
)


@pytest.mark.parametrize("platform", ["windows", "darwin"])
def test_where_nothing_could_be_undone_a_fix_is_left_to_people(platform: str) -> None:
    run = make_run("desk", BEGINNING, [OPEN], platform=platform)
    planned = draft_host(Host("desk"), run, FIXES, Wanted(), {})
    assert planned.fixes == ()
    (left,) = planned.left
    assert (left.check, left.kind) == ("RMT-01", "manual")
    assert all("site.yml --tags RMT-01" in reason for reason in left.reason)


def test_on_linux_it_is_planned_unless_the_options_leave_it_out() -> None:
    run = make_run("web", BEGINNING, [OPEN], platform="linux")
    assert [fix.check for fix in draft_host(Host("web"), run, FIXES, Wanted(), {}).fixes] == ["RMT-01"]
    left = draft_host(Host("web"), run, FIXES, Wanted(disruption="service"), {}).left
    assert [one.kind for one in left] == ["left"]


def test_a_fix_of_windows_says_how_it_is_undone_and_what_does_not_come_back() -> None:
    run = make_run("desk", BEGINNING, [OPEN], platform="windows")
    fixes = {("RMT-01", "windows"): Fix("RMT-01", "windows", "remote_access", partly=Text("the log", "le journal"))}
    (left,) = draft_host(Host("desk"), run, fixes, Wanted(), {}).left
    assert all("rollback_windows.yml" in reason for reason in left.reason)
    assert left.reason[0].endswith("; what does not come back: the log")
    assert left.reason[1].endswith("\u202f; ce qui ne revient pas\u00a0: le journal")


def test_a_fix_that_is_left_to_people_on_a_platform_says_why_and_what_they_do() -> None:
    run = make_run("mac", BEGINNING, [OPEN], platform="darwin")
    fixes = {("RMT-01", "darwin"): Fix("RMT-01", "darwin", "remote_access", manual=Text("it cuts", "elle coupe"))}
    (left,) = draft_host(Host("mac"), run, fixes, Wanted(), {}).left
    assert left.kind == "manual"
    assert left.reason == (
        "No automatic fix here: it cuts. do",
        "Pas de correctif automatique ici\u00a0: elle coupe. faire",
    )


COLLECTOR = say_both(Message("role.no_collector"))
"""What the role logging says (``playbooks/roles/logging``)."""


def test_what_can_not_be_fixed_here_is_left_to_people_with_the_reason() -> None:
    """No value, no kernel support, nothing would change; but not where nobody knows what check mode would have said."""
    fix = PlannedFix("RMT-01", "r", ("a", "b"), "high", "none", "00", (), {}, manual=("do it", "à faire"))
    refused = Step("RMT-01 | Ask", "refused", COLLECTOR.en, (), COLLECTOR.fr)
    changed, failed = Step("RMT-01 | Edit", "changed"), Step("Learn which system it is", "failed", "no route")
    found = {
        "idle": (),
        "refused": (refused,),
        "both": (changed, refused),
        "works": (changed,),
        "broken": (failed,),
    }
    hosts = {name: PlannedHost(name, "g", fixes=(replace(fix, steps=steps),)) for name, steps in found.items()}
    left = {name: leave_idle(host) for name, host in hosts.items()}
    assert {name for name, host in left.items() if host.fixes} == {"works", "broken"}
    assert left["idle"].left[0].reason[0].startswith("The fix would change nothing here")
    assert left["refused"].left[0].reason[0] == f"The fix can't work here: {COLLECTOR.en}\ndo it"
    assert "ici\u00a0: Nommez le collecteur" in left["refused"].left[0].reason[1]
    assert left["both"].left[0].kind == "manual"
    blocked = replace(hosts["idle"], fixes=(replace(fix, blocked=("PRE-01", "PRE-01")),))
    assert leave_idle(blocked) == blocked
