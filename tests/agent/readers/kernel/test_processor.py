"""Asking the processor: by the kernel's device, and by the instruction itself."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path
from types import SimpleNamespace

import pytest

from rempart_agent.readers.kernel import processor
from rempart_agent.source.contract import Denied, NotObservable

X86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="an instruction of x86-64")


@X86
def test_the_instruction_tells_the_vendor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "DEVICE", "/nonexistent")
    ((_most, ebx, ecx, edx), first) = processor.cpuid([(0, 0), (1, 0)])
    vendor = b"".join(word.to_bytes(4, "little") for word in (ebx, edx, ecx)).decode()
    assert f"vendor_id\t: {vendor}\n" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    assert first[3] >> 25 & 1  # SSE, which every x86-64 has


@X86
def test_the_device_is_read_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "cpuid"
    device.write_bytes(b"".join(number.to_bytes(4, "little") for number in range(8)))
    monkeypatch.setattr(processor, "DEVICE", str(device))
    assert processor.cpuid([(0, 0), (16, 0)]) == [[0, 1, 2, 3], [4, 5, 6, 7]]


@X86
def test_a_system_that_executes_no_such_page_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        ctypes.set_errno(13)
        return -1

    monkeypatch.setattr(processor, "DEVICE", "/nonexistent")
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(mprotect=refuse))
    with pytest.raises(Denied):
        processor.cpuid([(0, 0)])


def test_another_processor_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="aarch64"))
    with pytest.raises(NotObservable):
        processor.cpuid([(0, 0)])
