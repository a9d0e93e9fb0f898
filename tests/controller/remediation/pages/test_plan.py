"""What the terminal shows of a plan: each finding once, with the hosts that are alike, and no line that lies."""

from __future__ import annotations

from dataclasses import replace

from rempart_controller.remediation.pages.plan import show_plan
from rempart_controller.remediation.records.plan import FixPlan, LeftOut, PlannedFix, PlannedHost, Step

DIFF = ("--- /etc/motd", "+++ /etc/motd", "@@ -1 +1 @@", "-old", "+new")
FIX = PlannedFix(
    check="RMT-01",
    role="remote_access",
    title=("root cannot log in over SSH", "root ne se connecte pas par SSH"),
    severity="high",
    disruption="lockout",
    facts="00",
    items=("PermitRootLogin",),
    parameters={},
    steps=(Step("RMT-01 | Refuse", "changed", "", DIFF),),
)
MANUAL = LeftOut("DSK-01", ("encrypt", "chiffrer"), "critical", "manual", ("do it", "à faire"))


def page(*hosts: PlannedHost, language: str = "en") -> list[str]:
    plan = FixPlan("p-1", "2026-11-25T13:00:00Z", "ann@desk", (), "", hosts=hosts)
    return list(show_plan(plan, language))


def host(name: str, *fixes: PlannedFix, left: tuple[LeftOut, ...] = (), unjudged: tuple[str, ...] = ()) -> PlannedHost:
    return PlannedHost(name, "all", "linux", "Debian", fixes=fixes, left=left, unjudged=unjudged)


def test_what_is_alike_on_many_hosts_is_shown_once() -> None:
    lines = page(*(host(f"web{number:02}", FIX, left=(MANUAL,)) for number in range(12)))
    assert sum("root cannot log in" in line for line in lines) == 1
    assert lines.count("          +new") == 1
    (told,) = [line for line in lines if "under a timer" in line]
    assert told.strip().startswith("12 hosts – web00, web01, web02, web03, web04, web05, 6 more: changes")
    assert sum("do it" in line for line in lines) == 1
    assert "      - Refuse: /etc/motd" in lines
    assert not any(line.strip().startswith("@@") for line in lines)


def test_what_differs_is_told_apart() -> None:
    blocked = replace(FIX, blocked=("PRE-01 no key", "PRE-01 sans clé"), steps=())
    lines = page(host("web", FIX), host("db", blocked))
    assert any(line.strip().startswith("web: changes") for line in lines)
    assert any(line.strip() == "db: not applied: PRE-01 no key" for line in lines)
    assert not any("nothing would change" in line for line in lines), "nobody tried it"
    table = {line.split()[0]: line.split()[2:] for line in lines[1:3]}
    assert table == {"web": ["1", "0", "0", "0", "0", "0"], "db": ["0", "1", "0", "0", "0", "0"]}


def test_the_worst_comes_first_and_a_single_host_is_not_named_again() -> None:
    worse = replace(FIX, check="ZZZ-09", severity="critical")
    lines = page(host("web", FIX, worse, unjudged=("PAT-01",)))
    heads = [line.split()[1] for line in lines if line.startswith(("  critical", "  high"))]
    assert heads == ["ZZZ-09", "RMT-01"]
    assert sum("web" in line for line in lines) == 1
    assert "  PAT-01" in lines


def test_a_failure_of_check_mode_says_why_and_nothing_escapes() -> None:
    failed = replace(FIX, steps=(Step("RMT-01 | Ask", "failed", "Name the sensor\x1b[2J", ()),))
    lines = page(host("web", failed, left=(MANUAL,)), language="fr")
    assert any("échec en mode d’essai" in line and "Name the sensor" in line for line in lines)
    assert not any("\x1b" in line for line in lines)
    assert any("à faire" in line for line in lines)


def test_a_silent_host_is_told_and_a_plan_of_nothing_says_so() -> None:
    silent = PlannedHost("gone", "all", silent=("no route", "aucune route"))
    lines = page(host("web"), silent)
    assert "gone  SILENT: no route" in lines
    assert "Nothing to fix." in lines
