"""Table rempart_audit_status: whether the kernel records, and who takes the records."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import netlink
from rempart_agent.source.contract import Denied, NotObservable, Query
from rempart_agent.tables.linux import rempart_audit_status
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


Machine = Callable[..., RecordedTarget]


_STATUS = "PAAAAOgDAAABAAAAAAAAAAAAAAABAAAAAQAAAOEQAAAAAAAAACAAAAMAAAAAAAAAfwAAAJg6AAAAAAAA"


def test_a_kernel_without_audit_records_nothing(machine_of: Machine) -> None:
    absent = netlink.Unsupported("netlink: Protocol not supported")
    target = machine_of({"/etc/": ""}, {"audit_status": absent})
    assert rempart_audit_status.rows(target, Query()) == [{"enabled": 0, "pid": 0}]


def test_a_kernel_that_does_not_answer_has_no_status(machine_of: Machine) -> None:
    target = machine_of({"/etc/": ""}, {"audit_status": Denied("audit: no")})
    with pytest.raises(Denied):
        rempart_audit_status.rows(target, Query())


def test_status_names_who_takes_the_records(machine_of: Machine) -> None:
    target = machine_of({"/proc/4321/comm": "auditd\n"}, {"audit_status": _STATUS})
    assert rempart_audit_status.rows(target, Query()) == [
        {
            "enabled": 1,
            "failure": 1,
            "pid": 4321,
            "process": "auditd",
            "rate_limit": 0,
            "backlog_limit": 8192,
            "lost": 3,
            "backlog": 0,
        }
    ]
    gone = machine_of({"/proc/self/": ""}, {"audit_status": _STATUS})
    os.unlink(gone.root + "/proc/4321/comm")
    assert "process" not in rempart_audit_status.rows(gone, Query())[0]


def test_status_needs_a_running_system(root_of: RootOf) -> None:
    with pytest.raises(NotObservable):
        rempart_audit_status.rows(root_of({"/etc/": ""}), Query())
