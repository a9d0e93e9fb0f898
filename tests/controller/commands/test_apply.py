"""When no further wave begins, and which plans are refused: nothing of it may be lost in silence."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from rempart_testing.spaces import plain

from rempart_agent.cli import language
from rempart_controller.commands import apply as apply_command
from rempart_controller.commands.options.remediation import HostWork
from rempart_controller.fleet.fleet import Limits
from rempart_controller.inventory.host_choice import HostChoice
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.execution import held_hosts
from rempart_controller.remediation.records.change import ChangeRecord
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.records.plan import FixPlan, PlannedFix, PlannedHost
from rempart_core.error import UsageError
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Run
from rempart_core.text import Text, same

FIX = PlannedFix("RMT-01", "remote_access", ("a", "b"), "high", "lockout", "00", (), {})
GOOD = HostOutcome("", "kept", {"RMT-01": FixOutcome(Outcome.FIXED)})
FAILING = HostOutcome("", "kept", {"RMT-01": FixOutcome(Outcome.STILL_FAILING)})
LOST = HostOutcome("", "lost", {"RMT-01": FixOutcome(Outcome.LOST)})
WORSE = HostOutcome("", "reverted", {"RMT-01": FixOutcome(Outcome.ROLLED_BACK)}, regressed={"ACC-01": (same("x"),)})
UNDONE = HostOutcome("", "reverted", {"RMT-01": FixOutcome(Outcome.ROLLED_BACK)})


def host(name: str) -> PlannedHost:
    return PlannedHost(name, "servers", "linux", "Debian", fixes=(FIX,))


class _Applier:
    def __init__(self, become: Sequence[HostOutcome], after: Callable[[int], None]) -> None:
        self.waves: list[list[str]] = []
        self._become = list(become)
        self._after = after

    def apply(self, wave: Sequence[PlannedHost], _before: object, outcomes: dict[str, HostOutcome]) -> dict[str, Run]:
        self.waves.append([one.name for one in wave])
        for one in wave:
            told = self._become.pop(0)
            outcomes[one.name] = HostOutcome(one.name, told.state, told.fixes, told.regressed)
        self._after(len(self.waves))
        return {}


class _Patience:
    pressed = gone = False


class _Openings:
    """Windows of hosts, of which some close from a wave on."""

    def __init__(self, closing: dict[str, int]) -> None:
        self._closing = closing
        self._wave = 1

    def refresh(self) -> None:
        self._wave += 1

    def split(self, hosts: Sequence[PlannedHost]) -> tuple[list[PlannedHost], list[tuple[PlannedHost, Text]]]:
        closed = [one for one in hosts if self._wave >= self._closing.get(one.name, 99)]
        return [one for one in hosts if one not in closed], [(one, Text("closed", "fermée")) for one in closed]


def run_waves(
    become: Sequence[HostOutcome],
    max_fail: int = 0,
    press: int = 0,
    twice: bool = False,
    closing: dict[str, int] | None = None,
    language: str = "en",
    size: int = 1,
    quiet: bool = True,
) -> Any:
    """Apply waves of ``size`` hosts; returns how many were begun, and what is said."""
    patience = _Patience()

    def after(wave: int) -> None:
        patience.pressed = patience.pressed or wave == press
        patience.gone = patience.gone or (twice and wave == press)

    applier = _Applier(become, after)
    record = ChangeRecord("c-1", "p-1", "", "ann", ())
    reporting = SimpleNamespace(add=lambda *_: None, language="en")
    work = HostWork(HostChoice(("hosts",)), Limits(), language=language)
    request = apply_command.ApplyRequest(work, max_fail=max_fail)
    waves = apply_command._Waves(
        applier, record, reporting, request, Console(quiet), patience, _Openings(closing or {})  # type: ignore[arg-type]
    )  # fmt: skip
    hosts = [host(f"h{number}") for number in range(len(become))]
    said, left = waves.apply([hosts[at : at + size] for at in range(0, len(hosts), size)], {})
    if closing:
        return applier.waves, [one.name for one, _ in left]
    return len(applier.waves), said.get(language)


def test_a_window_that_closes_in_the_meantime_leaves_its_hosts_out() -> None:
    assert run_waves([GOOD] * 4, closing={"h0": 2, "h2": 2, "h3": 5}) == ([["h0"], ["h1"], ["h3"]], ["h2"])
    assert run_waves([GOOD] * 3, closing={"h1": 2}) == ([["h0"], ["h2"]], ["h1"]), "from the second wave on"


def test_a_host_that_is_left_out_in_the_meantime_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_waves([GOOD] * 3, closing={"h1": 2}, quiet=False)
    assert capsys.readouterr().err == "rempart: h1: closed\n"
    monkeypatch.setattr(language, "_chosen", "fr")
    run_waves([GOOD] * 3, closing={"h1": 2}, quiet=False, language="fr")
    assert capsys.readouterr().err == "rempart: h1\u00a0: fermée\n"


def test_all_waves_run_where_all_is_well() -> None:
    assert run_waves([GOOD] * 4) == (4, "")


def test_a_lost_host_stops_the_waves_whatever_max_fail_says() -> None:
    assert run_waves([GOOD, LOST, GOOD, GOOD], max_fail=100) == (2, "stopped after wave 2 of 4: h1 was lost")
    done, said = run_waves([UNDONE, LOST, GOOD], max_fail=100)
    assert (done, said) == (2, "stopped after wave 2 of 3: h1 was lost"), "the one that was is named"


def test_a_host_that_got_worse_stops_the_waves() -> None:
    assert run_waves([WORSE, GOOD], max_fail=100) == (
        1,
        "stopped after wave 1 of 2: h0 had a regression and was rolled back",
    )
    done, said = run_waves([UNDONE, WORSE, GOOD], max_fail=100)
    assert (done, said) == (2, "stopped after wave 2 of 3: h1 had a regression and was rolled back"), (
        "the one that did is named"
    )
    kept = replace(GOOD, regressed={"ACC-01": (same("x"),)})
    assert run_waves([kept, GOOD], max_fail=100)[0] == 1, "whatever else is said of the host"


@pytest.mark.parametrize(
    ("become", "language", "said"),
    [
        (LOST, "en", "h1 was lost"),
        (LOST, "fr", "h1 est perdue"),
        (WORSE, "en", "h1 had a regression and was rolled back"),
        (WORSE, "fr", "h1 a régressé et a été rétablie"),
    ],
)
def test_of_several_the_first_one_is_named(become: HostOutcome, language: str, said: str) -> None:
    done, why = run_waves([GOOD, become, become, GOOD], size=3, language=language)
    assert (done, why.rpartition(": ")[2].strip()) == (1, said)


@pytest.mark.parametrize("bad", [FAILING, UNDONE])
@pytest.mark.parametrize(("max_fail", "waves"), [(0, 1), (24, 1), (25, 4), (100, 4)])
def test_max_fail_is_a_share_of_all_hosts(bad: HostOutcome, max_fail: int, waves: int) -> None:
    done, said = run_waves([bad, GOOD, GOOD, GOOD], max_fail=max_fail)
    assert done == waves
    assert ("(--max-fail)" in said) is (waves == 1)


def test_failures_add_up_over_waves() -> None:
    done, said = run_waves([FAILING, GOOD, FAILING, GOOD], max_fail=25)
    assert (done, "h0, h2 (--max-fail)" in said) == (3, True)
    assert run_waves([FAILING, *[GOOD] * 32], max_fail=3)[0] == 1, "one of 33 is more than 3 %"
    done, said = run_waves([FAILING] * 8, max_fail=49)
    assert (done, said) == (4, "stopped after wave 4 of 8: not everything is fixed on h0, h1, h2 (--max-fail)")


def test_ctrl_c_begins_no_further_wave() -> None:
    assert run_waves([GOOD] * 3, press=1) == (1, "interrupted after wave 1 of 3; everything that had begun is finished")
    assert run_waves([GOOD] * 3, press=3) == (3, ""), "nothing is left to begin"
    undone = "interrupted in wave 1 of 2; what was in progress was rolled back"
    assert run_waves([UNDONE, GOOD], press=1, twice=True) == (1, undone)
    finished = "interrupted after wave 1 of 2; everything that had begun is finished"
    assert run_waves([GOOD, GOOD], press=1, twice=True) == (1, finished), "the second one came too late to undo"


def test_where_only_a_lost_host_was_waited_for_nothing_is_said_to_be_undone() -> None:
    waited = "interrupted in wave 1 of 2; h1 is lost and was no longer waited for"
    assert run_waves([GOOD, LOST, GOOD], press=1, twice=True, size=2) == (1, waited)
    assert run_waves([GOOD, LOST, GOOD], press=1, size=2) == (1, "stopped after wave 1 of 2: h1 was lost")
    undone = "interrupted in wave 1 of 2; what was in progress was rolled back"
    assert run_waves([UNDONE, LOST, GOOD], press=1, twice=True, size=2) == (1, undone)


@pytest.mark.parametrize(
    ("become", "press", "twice", "said"),
    [
        ([LOST, GOOD], 0, False, "arrêté après la vague 1 sur 2 : h0 est perdue"),
        ([WORSE, GOOD], 0, False, "arrêté après la vague 1 sur 2 : h0 a régressé et a été rétablie"),
        ([FAILING, GOOD], 0, False, "arrêté après la vague 1 sur 2 : tout n’est pas corrigé sur h0 (--max-fail)"),
        ([GOOD, GOOD], 1, False, "interrompu après la vague 1 sur 2 ; tout ce qui était commencé est terminé"),
        ([LOST, GOOD], 1, True, "interrompu pendant la vague 1 sur 2 ; h0 est perdue et n’a plus été attendue"),
        ([UNDONE, GOOD], 1, True, "interrompu pendant la vague 1 sur 2 ; ce qui était en cours a été annulé"),
    ],
)
def test_why_no_further_wave_begins_is_said_in_french_too(
    become: list[HostOutcome], press: int, twice: bool, said: str
) -> None:
    done, why = run_waves(become, press=press, twice=twice, language="fr")
    assert (done, plain(why)) == (1, said)


def plan(created: float) -> FixPlan:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created))
    return FixPlan("p-1", moment, "ann", (), "content", (), (), "", "", ())


NOW = 1_800_000_000


def test_a_plan_that_is_too_old_or_of_the_future_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_hosts.time, "time", lambda: float(NOW))
    held_hosts.expect_fresh(plan(NOW - 2 * 3600), 2)
    held_hosts.expect_fresh(plan(NOW - 1800), 0.5)
    held_hosts.expect_fresh(plan(NOW + 300), 1)  # as much as a clock may be ahead
    for age, hours in ((2 * 3600 + 1, 2), (5000 * 3600, 5000)):
        with pytest.raises(UsageError, match=f"the plan is {hours} h old; make a new one"):
            held_hosts.expect_fresh(plan(NOW - age), 2)
    with pytest.raises(UsageError, match="in the future"):
        held_hosts.expect_fresh(plan(NOW + 301), 24)
