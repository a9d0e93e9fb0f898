"""An audit of real machines: sound ones, wrong ones, silent ones, and what it leaves on them."""

from __future__ import annotations

import pytest
from rempart_testing.fleet_lab import DEFECTS, HOST_DEADLINE, Audit

pytestmark = pytest.mark.lab

# What a sound machine comes to, for each check that some machine's defect touches.
SOUND = {
    "ACC-01": "pass",
    "ACC-03": "not_applicable",  # nobody has a password
    "ACC-04": "not_applicable",
    "ACC-05": "not_applicable",
    "ACC-08": "pass",
    "FWL-01": "pass",
    "FWL-04": "pass",
    "PRV-01": "pass",
    "PRV-02": "fail",  # the operator becomes root without a password
    "PRV-03": "pass",
    "RMT-01": "pass",
    "RMT-02": "pass",
    "RMT-08": "pass",
}
DEFECTIVE = {
    "sound": {},
    "full": {},
    "accounts": {
        **dict.fromkeys(("ACC-01", "ACC-03", "ACC-04", "ACC-05", "ACC-08", "PRV-01", "PRV-03"), "fail"),
        "PRV-02": "pass",
    },
    "open": dict.fromkeys(("FWL-01", "FWL-04", "RMT-01", "RMT-02", "RMT-08"), "fail"),
}
SILENT = {
    "bare": ("python3 is not installed",),
    "strict": ("login failed",),
    "crawl": ("no answer before the deadline", f"no answer within {HOST_DEADLINE} seconds"),
    "dying": ("no answer before the deadline", f"no answer within {HOST_DEADLINE} seconds"),
    "gone": ("no route to host",),
}


def test_every_host_of_the_inventory_has_a_run(first: Audit) -> None:
    assert set(first.runs) == {*DEFECTS, "gone"} == {*DEFECTIVE, *SILENT}
    assert first.status == 3  # it is incomplete


@pytest.mark.parametrize("name", DEFECTIVE)
def test_a_host_has_the_states_that_its_defects_make(first: Audit, name: str) -> None:
    found = {result["check"]: result["state"] for result in first.runs[name]["results"]}
    assert {check: found.get(check) for check in SOUND} == SOUND | DEFECTIVE[name]
    # Each of them was looked at as a whole: all else is the same on all machines, which are made alike.
    rest = {result["check"]: result["state"] for result in first.runs["sound"]["results"]}
    assert {check: state for check, state in found.items() if check not in SOUND} == {
        check: state for check, state in rest.items() if check not in SOUND
    }


def test_evidence_names_the_defects(first: Audit) -> None:
    def failing(host: str, check: str) -> str:
        (found,) = (result for result in first.runs[host]["results"] if result["check"] == check)
        return str(found["evidence"]["rows"])

    assert "ghost" in failing("accounts", "ACC-01")
    assert "toor" in failing("accounts", "ACC-08")
    assert "/etc/shadow" in failing("accounts", "PRV-03")
    assert "IPv4" in failing("open", "FWL-01")
    assert "PermitRootLogin" in failing("open", "RMT-01")


@pytest.mark.parametrize("name", SILENT)
def test_a_silent_host_says_why(first: Audit, name: str) -> None:
    left = first.runs[name]["not_checked"]
    assert (first.runs[name]["results"], left["failure"]) == ([], "silent")
    reason = left["reason"]["en"]
    assert any(words in reason for words in SILENT[name]), reason


def test_the_run_ends_within_its_deadline(first: Audit) -> None:
    # Two hosts never end by themselves; what is added is the start, the reports, and the time to kill a worker.
    assert first.seconds < HOST_DEADLINE + 60


@pytest.mark.parametrize("name", [name for name in DEFECTS if name != "dying"])
def test_nothing_is_left_on_an_endpoint(first: Audit, name: str) -> None:
    assert first.changed[name] == {}
    # A login leaves the system's own traces: a journal of the user, a message of the day, sudo's memory of a password.
    known = (
        "/var/log/journal/",
        "/run/motd.dynamic",
        "/run/sudo/ts",
        "/run/systemd/",
        "/run/user/",
        "/var/lib/systemd/",
    )
    assert [path for path in first.appeared[name] if not path.startswith(known)] == []
    assert [path for path in first.appeared[name] if "rempart" in path] == []
