"""What became of a fix: only what the check itself sees as fixed is fixed."""

from __future__ import annotations

import pytest
from rempart_testing.run import make_result, make_run

from rempart_controller.remediation.records.outcome import (
    FixOutcome,
    HostOutcome,
    Regressions,
    find_regressions,
)
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import AppliedWaiver, State
from rempart_core.text import Text

BACKUP = {"query": "SELECT path AS item FROM file WHERE path = '/var/backups/done'"}
BEFORE = make_result("RMT-01", State.FAIL, ["x"])


@pytest.mark.parametrize(
    ("was", "now", "expected", "regressed", "unseen"),
    [
        (State.PASS, State.FAIL, (), True, False),
        (State.PASS, State.FAIL, ("PAT-05",), False, False),
        (State.PASS, State.FAIL, ("PAT-01",), True, False),
        (State.FAIL, State.FAIL, (), False, False),
        (State.ERROR, State.FAIL, (), False, False),
        (State.PASS, State.PASS, (), False, False),
        (State.PASS, State.ERROR, (), True, True),
        (State.FAIL, State.NOT_CHECKED, (), True, True),
        (State.FAIL, State.ERROR, ("PAT-05",), False, False),
        (State.NOT_APPLICABLE, State.ERROR, (), True, True),
        (State.ERROR, State.NOT_CHECKED, (), False, False),
    ],
)
def test_what_got_worse_is_found_but_for_what_a_fix_opens(
    was: State, now: State, expected: tuple[str, ...], regressed: bool, unseen: bool
) -> None:
    after = make_run("web", 0, [make_result("PAT-05", now, ["reboot"] if now is State.FAIL else ())])
    found = find_regressions({"PAT-05": was}, after, frozenset(expected))
    seen = (Text("reboot: bad", "reboot\u00a0: bad"),) if now is State.FAIL else (after.results[0].reason,)
    assert found.ours == ({"PAT-05": seen} if regressed else {})
    assert found.unseen == (("PAT-05",) if unseen else ())
    assert found.others == {}


def test_a_waived_finding_is_no_regression_and_a_new_check_neither() -> None:
    waived = make_result("PAT-05", State.FAIL, ["x"], waiver=AppliedWaiver("r", "o", "2026-12-31 UTC"))
    new = make_result("NEW-01", State.FAIL, ["x"])
    found = find_regressions({"PAT-05": State.PASS}, make_run("web", 0, [waived, new]), frozenset())
    assert found == Regressions()


def test_each_result_is_looked_at_whatever_the_one_before_was() -> None:
    plain = [make_result("RMT-01"), make_result("BKP-01", State.FAIL, ["x"], sql=BACKUP), make_result("ACC-01")]
    worse = make_result("ACC-02", State.FAIL, ["root"])
    before = dict.fromkeys(("RMT-01", "BKP-01", "ACC-01", "ACC-02"), State.PASS)
    found = find_regressions(before, make_run("web", 0, [*plain, worse]), frozenset(), frozenset({"/etc/ssh"}))
    assert (list(found.others), found.ours) == (["BKP-01"], {"ACC-02": (Text("root: bad", "root\u00a0: bad"),)})


def test_what_can_not_be_judged_any_more_says_why_also_where_something_was_seen() -> None:
    after = make_run("web", 0, [make_result("ACC-01", State.ERROR, ["root"])])
    assert find_regressions({"ACC-01": State.PASS}, after, frozenset()).ours == {"ACC-01": (after.results[0].reason,)}


def test_of_a_host_that_was_not_touched_nothing_can_be_undone() -> None:
    host = HostOutcome("web")
    assert (host.state, host.begun, host.good) == ("untouched", False, False)


def test_a_host_is_good_where_it_kept_all_and_all_is_fixed() -> None:
    fixed, failing = FixOutcome(Outcome.FIXED), FixOutcome(Outcome.STILL_FAILING)
    assert HostOutcome("a", "kept", {"X": fixed}).good
    assert not HostOutcome("a", "kept", {"X": fixed, "Y": failing}).good
    assert not HostOutcome("a", "reverted", {"X": fixed}).good
