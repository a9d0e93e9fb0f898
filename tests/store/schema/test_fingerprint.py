"""What a store remembers by: a finding that is accepted says the same after an upgrade, wherever its ticket lies."""

from __future__ import annotations

from rempart_testing.run import make_result

from rempart_core.model.result import AppliedWaiver, State
from rempart_store.schema.fingerprint import describe

WAIVER = AppliedWaiver("because", "me", "2099-01-01", ("x",), target="web-*")


def test_an_accepted_finding_says_what_0_1_0_said_of_it() -> None:
    told = describe(make_result("AAA-01", State.FAIL, ["x"], waiver=WAIVER))
    said = "AppliedWaiver(reason='because', owner='me', end='2099-01-01', items=('x',), expired=False, target='web-*')"
    assert told.split("\x1f")[-2] == said
    assert describe(make_result("AAA-01", State.FAIL, ["x"], waiver=WAIVER._replace(ticket="SEC-12"))) == told


def test_another_end_or_another_item_says_something_else() -> None:
    told = describe(make_result("AAA-01", State.FAIL, ["x"], waiver=WAIVER))
    assert describe(make_result("AAA-01", State.FAIL, ["x"], waiver=WAIVER._replace(end="2099-01-02"))) != told
    assert describe(make_result("AAA-01", State.FAIL, ["y"], waiver=WAIVER)) != told
    assert describe(make_result("AAA-01", State.FAIL, ["x"])) != told
