"""What a file's capabilities give: the attribute ``security.capability`` (capabilities(7), security/commoncap.c).

Revision 1 has 32 capabilities, 2 has 64, 3 has 64 and the user id that is root in the user namespace for which they
count: in the first namespace only one that says 0.
"""

import struct
from typing import NamedTuple, Optional, Tuple

NAMES = (
    *("chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap"),
    *("linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner"),
    *("sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice"),
    *("sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap"),
    *("mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf"),
    "checkpoint_restore",
)
_SIZES = {1: 12, 2: 20, 3: 24}


class Capabilities(NamedTuple):
    """What a file gives whoever executes it.

    Attributes:
        permitted: Gained by every execution, as a number of bits.
        inheritable: Gained by a process that has them as inheritable already.
        effective: Whether what is gained is in force at once.
        root: The user id that is root where they count; 0 is the first user namespace.
    """

    permitted: int
    inheritable: int
    effective: bool
    root: int = 0


def parse(data: bytes) -> Optional[Capabilities]:
    """Decode the attribute; None for what the kernel refuses."""
    if len(data) < 4:
        return None
    magic = struct.unpack_from("<I", data)[0]
    revision = magic >> 24
    if _SIZES.get(revision) != len(data):
        return None
    words = struct.unpack_from("<{}I".format((len(data) - 4) // 4), data, 4)
    permitted, inheritable = words[0], words[1]
    if revision > 1:
        permitted |= words[2] << 32
        inheritable |= words[3] << 32
    known = (1 << len(NAMES)) - 1
    return Capabilities(permitted & known, inheritable & known, bool(magic & 1), words[4] if revision == 3 else 0)


def names(bits: int) -> Tuple[str, ...]:
    """Return the names of capabilities, ``cap_net_raw``."""
    return tuple("cap_" + name for at, name in enumerate(NAMES) if bits >> at & 1)


def text(found: Capabilities) -> str:
    """Return capabilities as getcap(8) prints them in short: ``cap_net_raw=ep``."""
    if not found.permitted | found.inheritable:
        return "="
    both = found.permitted & found.inheritable
    parts = []
    for bits, letters in ((both, "ip"), (found.permitted & ~both, "p"), (found.inheritable & ~both, "i")):
        if bits:
            marks = ("e" if found.effective else "") + letters
            parts.append(",".join(names(bits)) + "=" + marks)
    return " ".join(parts) + (" [rootid={}]".format(found.root) if found.root else "")


def full_text(found: Capabilities) -> str:
    """Return capabilities as cap_to_text(3) writes them: beside what most of them have (``=ep cap_kill-ep``)."""
    effective = found.permitted | found.inheritable if found.effective else 0
    sets = [
        (effective >> at & 1) | (found.permitted >> at & 1) << 1 | (found.inheritable >> at & 1) << 2
        for at in range(len(NAMES))
    ]
    usual = max(range(7), key=lambda marks: (sets.count(marks), -marks))
    if sets.count(7) > sets.count(usual):
        usual = 7
    parts = ["=" + _letters(usual)]
    for marks in range(7, -1, -1):
        if marks == usual or marks not in sets:
            continue
        part = ",".join("cap_" + NAMES[at] for at, one in enumerate(sets) if one == marks)
        if marks & ~usual:
            if parts == ["="]:
                parts, sign = [], "="
            else:
                sign = "+"
            part += sign + _letters(marks & ~usual)
        if usual & ~marks:
            part += "-" + _letters(usual & ~marks)
        parts.append(part)
    return " ".join(parts)


def _letters(marks: int) -> str:
    return "".join(letter for bit, letter in ((1, "e"), (4, "i"), (2, "p")) if marks & bit)
