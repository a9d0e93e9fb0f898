"""What ``make twins`` is made of: faults that can be planted, and where a host may differ from its twin."""

from __future__ import annotations

import pytest
from rempart_testing.twins.base import ENGINE
from rempart_testing.twins.excuse import Excuses
from rempart_testing.twins.faults import FAULTS

LOCKED = "shadow[anna].password"
CONF = "/etc/x.conf"


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_fault_replaces_stands_once_in_the_engine(name: str) -> None:
    assert (ENGINE / FAULTS[name].file).read_text().count(FAULTS[name].old) == 1


def test_a_thing_that_others_set_as_a_fix_does_may_stand_as_it_did_on_the_twin_and_no_other_way() -> None:
    excuses = Excuses()
    for value in ("hash", "!hash"):
        excuses.see([LOCKED], {LOCKED: value})
    assert not excuses.hold(LOCKED, "hash", "!hash")
    excuses.add(LOCKED)
    assert excuses.hold(LOCKED, "hash", "!hash")
    assert not excuses.hold(LOCKED, "!!hash", "!hash")
    assert not excuses.hold("shadow[ben].password", "hash", "!hash")


def test_of_a_file_only_the_fields_that_others_set_alike_may_differ_and_no_line_may_be_ours() -> None:
    excuses = Excuses()
    twin = {"mode": 0o640, "content": "a\n# theirs-1\n"}
    excuses.see([CONF], {CONF: {"mode": 0o644, "content": "a\n"}})
    excuses.see([CONF], {CONF: twin})
    excuses.add(CONF, ["mode"])
    assert excuses.hold(CONF, twin | {"mode": 0o644}, twin)
    assert not excuses.hold(CONF, twin | {"mode": 0o600}, twin)
    assert not excuses.hold(CONF, twin | {"content": "a\n"}, twin)
    excuses.add(CONF)
    assert excuses.hold(CONF, twin | {"content": "a\n# theirs-2\n"}, twin)
    assert not excuses.hold(CONF, twin | {"content": "a\nours\n"}, twin)


def test_whether_a_unit_is_enabled_is_told_of_its_file_and_one_that_does_not_run_may_not_be_listed() -> None:
    excuses = Excuses()
    excuses.see(["unit x.service"], {"unit x.service": {"active": "inactive", "enabled": "disabled", "stale": "no"}})
    excuses.see(["unit x.service"], {"unit x.service": {"active": "inactive", "enabled": "enabled", "stale": "no"}})
    excuses.add("unit x.service", ["enabled"])
    assert excuses.hold("file of x.service", "disabled", "enabled")
    assert not excuses.hold("file of x.service", "masked", "enabled")
    assert not excuses.hold("unit x.service", {"active": "active"}, None)
