"""What the terminal shows of a change: a line a host, the worst first, and what is alike on many hosts once."""

from __future__ import annotations

from rempart_controller.remediation.pages.applied import show_outcomes
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_core.model.fix_outcome import Outcome
from rempart_core.text import Text, same

FIXED = FixOutcome(Outcome.FIXED, before=(same("PermitRootLogin: yes"),), after=(same("PermitRootLogin: no"),))


def test_what_came_to_the_same_is_shown_once_and_the_worst_first() -> None:
    hosts = [HostOutcome(f"web{number:02}", "kept", {"RMT-01": FIXED}) for number in range(12)]
    worse = FixOutcome(Outcome.ROLLED_BACK, Text("made worse: TLS-01", "aggravé : TLS-01"))
    notes = [Text("it answers \x1b[2Jagain", "elle répond")]
    hosts.append(HostOutcome("db", "reverted", {"RMT-01": worse}, {"TLS-01": (same("ciphers: weak"),)}, notes=notes))
    lines = list(show_outcomes("c-1", hosts, "en"))
    assert lines[0].split() == ["HOST", "STATE", "ROLLED", "BACK", "FIXED"]
    assert lines[1].split() == ["web00", "kept", "0", "1"]
    assert lines[13].split() == ["db", "rolled", "back", "1", "0"]
    assert sum("PermitRootLogin: yes → PermitRootLogin: no" in line for line in lines) == 1
    assert any("12 hosts – web00, " in line and line.endswith("6 more") for line in lines)
    assert lines.index("ROLLED BACK") < lines.index("FIXED")
    assert "  RMT-01  db: made worse: TLS-01" in lines
    assert any("TLS-01  ciphers: weak" in line for line in lines)
    assert not any("\x1b" in line for line in lines)
    assert lines[-1] == "Change c-1: 1 rolled back, 12 fixed. Roll back: rempart rollback c-1"


def test_of_one_host_its_name_is_not_said_again() -> None:
    lines = list(show_outcomes("c-1", [HostOutcome("web", "kept", {"RMT-01": FIXED})], "fr"))
    assert sum("web" in line for line in lines) == 1
    assert "  RMT-01" in lines


def test_where_no_host_was_touched_no_undo_is_offered() -> None:
    left = FixOutcome(Outcome.NOT_APPLIED, Text("change c-0 of ann@desk is under way here", "…"))
    lines = list(show_outcomes("c-1", [HostOutcome("web", "untouched", {"RMT-01": left})], "en"))
    assert lines[-1] == "Change c-1: 1 not applied."
