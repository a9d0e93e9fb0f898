"""Table rempart_audit_trace: what the loaded rules trace, and those of the next start."""

from __future__ import annotations

import base64
import os
import struct
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.kernel import netlink
from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import rempart_audit_trace
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Machine = Callable[..., RecordedTarget]

_ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00"
_SYSTEM: dict[str, str | bytes] = {
    "/usr/lib/systemd/systemd": _ELF,
    "/usr/lib/systemd/system/default.target": "[Unit]\nWants=audit-rules.service\n",
    "/usr/lib/systemd/system/audit-rules.service": "[Service]\nExecStart=/usr/sbin/augenrules --load\n",
    "/usr/sbin/augenrules": "#!/bin/sh\n",
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\n",
    "/etc/sudoers.d/": "",
}
_PASSWD = "perm=wa file=/etc/passwd"


def _message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 2, 1, 0) + body + bytes(-len(body) % 4)


def _kernel(*watched: str, enabled: int = 1, rate: int = 0) -> dict[str, Any]:
    """Answer as a kernel with a watch of each path for wa does (struct audit_rule_data of linux/audit.h)."""
    listed = b""
    for path in watched:
        words = [4, 2, 2, *[0xFFFFFFFF] * 64]
        for pair in ((105, 106), (len(path), 2 | 8), (0x40000000, 0x40000000)):
            words += [*pair, *[0] * 62]
        listed += _message(1013, struct.pack("=260I", *words, len(path)) + path.encode())
    status = struct.pack("=9I", 0, enabled, 1, 1, rate, 8192, 0, 0, 0)
    return {
        "audit_status": base64.b64encode(_message(1000, status)).decode(),
        "audit_rules": base64.b64encode(listed + _message(3, bytes(4))).decode(),
    }


def _ask(target: RootTarget, event: str) -> dict[str, Any]:
    query = Query(frozenset(), (Constraint("event", "=", (event,)),))
    (row,) = rempart_audit_trace.rows(target, query)
    return dict(row)


def _files(rules: str, **more: str) -> dict[str, str | bytes]:
    return {**_SYSTEM, "/etc/audit/rules.d/a.rules": rules, **more}


def test_both_times_have_to_trace_it(machine_of: Machine) -> None:
    both = _ask(machine_of(_files("-w /etc/passwd -p wa\n"), _kernel("/etc/passwd")), _PASSWD)
    assert (both["now"], both["next"], both["traced"], both["known"], both["there"]) == (1, 1, 1, 1, 1)
    assert "/etc/passwd" in both["rule"]
    now = _ask(machine_of(_files("-w /etc/shadow -p wa\n"), _kernel("/etc/passwd")), _PASSWD)
    assert (now["now"], now["next"], now["traced"], now["next_why"]) == (1, 0, 0, "b64 w: no rule")
    after = _ask(machine_of(_files("-w /etc/passwd -p wa\n"), _kernel()), _PASSWD)
    assert (after["now"], after["next"], after["traced"]) == (0, 1, 0)


def test_a_kernel_that_is_off_traces_nothing(machine_of: Machine) -> None:
    off = _ask(machine_of(_files("-w /etc/passwd -p wa\n"), _kernel("/etc/passwd", enabled=0)), _PASSWD)
    assert (off["now"], off["traced"], off["now_why"]) == (0, 0, "the audit subsystem is off")
    absent = netlink.Unsupported("netlink: Protocol not supported")
    none = _ask(machine_of(_files("-w /etc/passwd\n"), {"audit_rules": absent, "audit_status": absent}), _PASSWD)
    assert (none["now"], none["traced"]) == (0, 0)


def test_a_kernel_that_writes_few_records_a_second_loses_some(machine_of: Machine) -> None:
    few = _ask(machine_of(_files("-w /etc/passwd -p wa\n"), _kernel("/etc/passwd", rate=5)), _PASSWD)
    why = "the kernel writes 5 records a second (-r) and loses the rest"
    assert (few["now"], few["next"], few["traced"], few["now_why"]) == (None, 1, None, why)
    many = _ask(machine_of(_files("-w /etc/passwd -p wa\n"), _kernel("/etc/passwd", rate=100)), _PASSWD)
    assert many["traced"] == 1


def test_a_kernel_that_does_not_answer_is_an_error(machine_of: Machine) -> None:
    target = machine_of(_files("-w /etc/passwd\n"), {"audit_rules": Denied("no"), "audit_status": Denied("no")})
    with pytest.raises(Denied):
        _ask(target, _PASSWD)


@pytest.mark.parametrize(
    ("rules", "traced"),
    [
        ("-w /etc/passwd -p wa\n", 1),
        ("-w /etc/passwd -p wa\n-e 2\n", 1),
        ("-w /etc/passwd -p wa\n-e 0\n", None),
        ("-r 20\n-w /etc/passwd -p wa\n", None),  # an event takes several records
        ("-r 20\n-r 100\n-w /etc/passwd -p wa\n", 1),
        ("-r 0\n-w /etc/passwd -p wa\n", 1),
        ("-w /nowhere/x\n-w /etc/passwd -p wa\n", 0),  # the load ends at the first line
        ("-i\n-w /nowhere/x\n-w /etc/passwd -p wa\n", 1),
        ("-w /etc/group -p q\n-w /etc/passwd -p wa\n", None),
        ("-w /etc/sudoers.d\n-w /etc/sudoers.d\n-w /etc/passwd -p wa\n", 0),  # the kernel has it already
        ("-a always,exit -F arch=b64 -S stime\n-w /etc/passwd -p wa\n", 0),  # no such call with 64 bits
        ("-w /etc/passwd -p wa\n-a never,exit -F dir=/etc\n", 1),
        ("-a never,exit -F dir=/etc\n-w /etc/passwd -p wa\n", 0),
        ("-w /etc/passwd -p wa\n-A never,exit -F dir=/etc\n", 0),  # -A goes to the front
        ("-w /etc/passwd -p wa\n-W /etc/passwd -p wa\n", 0),
        ("-w /etc/passwd -p wa", 1),
    ],
)
def test_what_the_next_start_traces(root_of: RootOf, rules: str, traced: int | None) -> None:
    row = _ask(root_of(_files(rules)), _PASSWD)
    assert (row["traced"], row["next"], "now" in row) == (traced, traced, False)
    assert bool(row["next_why"]) == (traced != 1)


def test_a_file_without_an_end_takes_the_next_line_on(root_of: RootOf) -> None:
    files = _files("-w /etc/group", **{"/etc/audit/rules.d/b.rules": "-w /etc/passwd -p wa\n"})
    assert _ask(root_of(files), _PASSWD)["traced"] is not 1  # noqa: F632 - None or 0
    files["/etc/audit/rules.d/a.rules"] = "-w /etc/group\n"
    assert _ask(root_of(files), _PASSWD)["traced"] == 1


def test_rules_that_nothing_loads_trace_nothing(root_of: RootOf) -> None:
    files = _files("-w /etc/passwd -p wa\n")
    del files["/usr/lib/systemd/system/audit-rules.service"]
    assert _ask(root_of(files), _PASSWD)["traced"] == 0


def test_links_are_gone_through(root_of: RootOf) -> None:
    target = root_of(_files("-w /run/utmp -p wa\n-w /etc/passwd -p wa\n", **{"/run/utmp": "", "/srv/": ""}))
    os.symlink("../run", target.root + "/srv/run")
    assert _ask(target, "perm=wa file=/srv/run/utmp")["traced"] == 1
    os.symlink("/srv/other", target.root + "/etc/shadow")
    with open(target.root + "/srv/other", "w", encoding="utf-8"):
        pass
    row = _ask(target, "perm=wa file=/etc/shadow")
    assert (row["traced"], row["link"]) == (0, 1)


def test_a_link_alone_may_be_meant(root_of: RootOf) -> None:
    target = root_of(_files("-w /etc/localtime -p wa\n", **{"/usr/share/zoneinfo/UTC": "x"}))
    os.symlink("/usr/share/zoneinfo/UTC", target.root + "/etc/localtime")
    assert _ask(target, "perm=wa link=/etc/localtime")["traced"] == 1
    assert _ask(target, "perm=wa file=/etc/localtime")["traced"] == 0


def test_a_program_behind_a_link_is_traced_where_it_is(root_of: RootOf) -> None:
    target = root_of(_files("-w /usr/bin/kmod -p x\n", **{"/usr/bin/kmod": "", "/usr/sbin/": ""}))
    os.symlink("../bin/kmod", target.root + "/usr/sbin/modprobe")
    assert _ask(target, "perm=x people=1000 file=/usr/sbin/modprobe")["traced"] == 1


def test_a_folder_that_is_not_there_can_be_made_alone(root_of: RootOf) -> None:
    target = root_of(_files("-w /etc/none -p wa\n"))
    assert _ask(target, "perm=wa below=/etc/none")["traced"] == 1
    os.mkdir(target.root + "/etc/none")
    target = RootTarget(target.root)
    assert _ask(target, "perm=wa below=/etc/none")["traced"] == 1  # auditctl sees that it is a folder
    assert _ask(root_of(_files("")), "perm=wa below=/etc/none")["traced"] == 0


def test_what_is_no_event_is_not_known(root_of: RootOf) -> None:
    row = _ask(root_of(_files("")), "chmod")
    assert row.get("traced") is None
    assert row["next_why"] == "the event chmod is not understood"


def test_a_call_that_a_machine_has_not(root_of: RootOf) -> None:
    row = _ask(root_of(_files("-a always,exit -S all\n")), "call=stime arch=b64")
    assert (row["known"], row["traced"]) == (0, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_are_an_answer_and_never_a_pass(root_of: RootOf, data: bytes, event: str) -> None:
    target = root_of({**_SYSTEM, "/etc/audit/rules.d/a.rules": data})
    for text in (event, _PASSWD):
        assert _ask(target, text).get("traced") in ({None} if text == event else {0, None})
