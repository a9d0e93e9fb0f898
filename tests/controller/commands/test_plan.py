"""What check mode says comes to each host's plan, whichever run of Ansible has said it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rempart_controller.commands import plan
from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost

FIX = PlannedFix("ZZZ-01", "zzz", ("", ""), "high", "none", "", (), {})
HOSTS = [PlannedHost(f"h{number}", "lab", "linux", "Debian 13", fixes=(FIX,)) for number in range(9)]
Played = list[tuple[str, list[str]]]


def changes(name: str) -> Event:
    return Event("task", "ZZZ-01 | Do", "ZZZ-01", name, "changed")


def rehearse(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, list[Event]]) -> tuple[list[PlannedHost], Played]:
    """Return the hosts as they are planned, and which playbooks ran on which hosts."""
    played: Played = []

    def play(_: str, name: str, __: Access, told: Mapping[str, Any], **___: object) -> Iterator[Event]:
        played.append((name, list(told)))
        yield from answers[name]

    monkeypatch.setattr(plan, "play", play)
    return list(plan._rehearse(HOSTS, Access([]), "", Console(quiet=True))), played


def outlooks(hosts: list[PlannedHost]) -> set[tuple[str, ...]]:
    return {tuple(step.outcome for step in fix.steps) for host in hosts for fix in host.fixes}


def test_all_are_heard_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts, played = rehearse(monkeypatch, {"rehearse.yml": [changes(host.name) for host in HOSTS]})
    assert played == [("rehearse.yml", [host.name for host in HOSTS])]
    assert outlooks(hosts) == {("changed",)}


def test_hosts_that_ansible_did_not_come_to_are_rehearsed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all hosts of a play are silent, it begins no further play."""
    silent = Event("task", "Read what the fixes ask for", "", "h0", "unreachable", message="gone")
    said = {"rehearse.yml": [silent], "apply.yml": [changes(host.name) for host in HOSTS[1:]]}
    hosts, played = rehearse(monkeypatch, said)
    assert played[1] == ("apply.yml", [host.name for host in HOSTS[1:]])
    assert outlooks(hosts[1:]) == {("changed",)}
    assert [step.message for step in hosts[0].fixes[0].steps] == ["gone"]


def test_a_run_that_is_ended_leaves_no_host_as_if_nothing_would_change(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts, played = rehearse(monkeypatch, {"rehearse.yml": [changes("h0"), Event("end", "")]})
    assert [name for name, _ in played] == ["rehearse.yml"]
    assert outlooks(hosts) == {("changed",), ("failed",)}
