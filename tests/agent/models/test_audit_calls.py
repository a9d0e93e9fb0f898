"""Numbers of system calls: those that libaudit has, on each architecture that it knows."""

from __future__ import annotations

import ctypes
import ctypes.util

import pytest

from rempart_agent.models import audit_calls

_NEW = 462  # the last call that audit 4.0.2 of Debian 13 knows


@pytest.mark.parametrize(
    ("machine", "arch", "call", "number"),
    [
        ("x86_64", "b64", "chmod", 90),  # lib/x86_64_table.h of audit-userspace
        ("x86_64", "b32", "chmod", 15),  # lib/i386_table.h
        ("x86_64", "b32", "stime", 25),
        ("x86_64", "", "execve", 59),
        ("x86_64", "i686", "umount", 22),
        ("aarch64", "b64", "fchmodat", 53),  # lib/aarch64_table.h
        ("aarch64", "b32", "chmod", 15),  # lib/arm_table.h
        ("i386", "b32", "open", 5),
    ],
)
def test_a_name_has_the_number_of_its_architecture(machine: str, arch: str, call: str, number: int) -> None:
    assert audit_calls.calls(audit_calls.named(machine, arch))[call] == number


def test_what_is_not_known_has_no_calls() -> None:
    assert audit_calls.known("riscv64") == ""
    assert audit_calls.named("i386", "b64") == ""
    assert audit_calls.calls("") == {}
    assert "chmod" not in audit_calls.calls("aarch64")
    assert "stime" not in audit_calls.calls("x86_64")


def test_numbers_become_names_and_stay_numbers_where_there_is_none() -> None:
    assert audit_calls.write("x86_64", [90, 91, 9999]) == "chmod,fchmod,9999"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00", ("x86_64", 64)),
        (b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x03\x00\x03\x00", ("i386", 32)),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00", ("aarch64", 64)),
        (b"\x7fELF\x02\x02\x01" + bytes(9) + b"\x00\x03\x00\x16", ("", 64)),
        (b"#!/bin/sh\n# a long script", (None, 0)),
        (b"\x7fELF", (None, 0)),
    ],
)
def test_a_program_tells_its_machine(head: bytes, expected: tuple[str | None, int]) -> None:
    assert audit_calls.elf(head) == expected


def test_the_numbers_are_those_of_libaudit() -> None:
    name = ctypes.util.find_library("audit")
    if not name:
        pytest.skip("libaudit is not installed")
    library = ctypes.CDLL(name)
    for machine in ("x86_64", "i386", "aarch64"):
        number = library.audit_name_to_machine(machine.encode())
        for call, expected in audit_calls.calls(machine).items():
            if expected <= _NEW:
                found = library.audit_name_to_syscall(call.encode(), number)
                assert found in (expected, -1), (machine, call)
