"""Table msr: model specific registers of each processor (turbo, performance, power limits).

Source: ``/dev/cpu/N/msr`` (msr(4)), which takes root and the kernel's module ``msr``; Intel's manual, volume 4, for
the registers. A register that a processor lacks is unset.
"""

import os
from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.source.contract import BIGINT, Column, Denied, Missing, Query, Row, SourceError, Value, reason
from rempart_agent.source.target import Target

OFFLINE = "none"
_NO_MASK = (1 << 64) - 1
_TURBO = 1 << 38
REGISTERS: Tuple[Tuple[str, int, int], ...] = (
    ("turbo_disabled", 0x1A0, _TURBO),
    ("turbo_ratio_limit", 0x1AD, _NO_MASK),
    ("platform_info", 0xCE, _NO_MASK),
    ("perf_ctl", 0x199, 0xFFFF),
    ("perf_status", 0x198, _NO_MASK),
    ("feature_control", 0x3A, _NO_MASK),
    ("rapl_power_limit", 0x610, _NO_MASK),
    ("rapl_energy_status", 0x611, _NO_MASK),
    ("rapl_power_units", 0x606, _NO_MASK),
)
"""Column, register, and which of its bits count."""
COLUMNS = (Column("processor_number", BIGINT), *(Column(name, BIGINT) for name, _register, _mask in REGISTERS))
FOLDER = "/dev/cpu"
_BIGGEST = (1 << 63) - 1

Told = Tuple[int, List[Optional[int]]]


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each processor.

    Raises:
        Missing: the kernel's module msr is not loaded.
        Denied: registers may not be read.
    """
    target.need_live("msr")
    for processor, values in target.ask("msr", ask):
        row: Dict[str, Value] = {"processor_number": processor}
        for (name, _register, mask), value in zip(REGISTERS, values):
            if value is None:
                continue
            counted = value & mask
            if name == "turbo_disabled":
                counted = int(bool(counted))
            row[name] = counted if counted <= _BIGGEST else None
        yield row


def ask() -> List[Told]:
    """Read the registers: processor by processor, each with a value for each of ``REGISTERS``, None for none."""
    return read(FOLDER)


def read(folder: str) -> List[Told]:
    """Read the registers.

    Args:
        folder: Where the processors' folders are.

    Raises:
        Missing: none has a file of registers.
        Denied: one may not be read.
    """
    try:
        names = sorted((int(name) for name in os.listdir(folder) if name.isdigit()), reverse=True)
    except OSError:
        names = []
    found: List[Told] = []
    for name in names:
        path = "{}/{}/msr".format(folder, name)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except PermissionError as error:
            raise Denied("{path}: may not be read", path=path) from error
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SourceError("{path}: {why}", path=path, why=reason(error)) from error
        try:
            found.append((name, [_value(descriptor, register, path) for _name, register, _mask in REGISTERS]))
        finally:
            os.close(descriptor)
    if not found:
        raise Missing("{path}: does not exist (is the kernel's module msr loaded?)", path=folder + "/0/msr")
    return found


def _value(descriptor: int, register: int, path: str) -> Optional[int]:
    try:
        data = os.pread(descriptor, 8, register)
    except PermissionError as error:  # the kernel is locked down
        raise Denied("{path}: may not be read", path=path) from error
    except OSError:  # the processor has no such register
        return None
    return int.from_bytes(data, "little") if len(data) == 8 else None
