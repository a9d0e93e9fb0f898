"""What the kernel makes of a value that is written to a setting: numbers of any base, lists, ranges."""

import re
from typing import Dict, List, NamedTuple, Optional, Tuple

MAX_INT = 0x7FFFFFFF


class Kind(NamedTuple):
    """How a setting takes values.

    Attributes:
        numbers: How many numbers it holds.
        low: The least of each.
        high: The greatest of each.
        signed: Whether a minus sign is understood.
    """

    numbers: int = 1
    low: int = -MAX_INT - 1
    high: int = MAX_INT
    signed: bool = True


_PLAIN = Kind()
_BYTE = Kind(1, 0, 255, False)
_SWITCH = Kind(1, 0, 1, False)
_FROM_MINUS_ONE = Kind(1, -1)
KINDS: Dict[str, Kind] = {
    "kernel/randomize_va_space": _PLAIN,
    "kernel/kptr_restrict": Kind(1, 0, 2),
    "kernel/dmesg_restrict": Kind(1, 0, 1),
    "kernel/yama/ptrace_scope": Kind(1, 0, 3),
    "kernel/unprivileged_bpf_disabled": Kind(1, 0, 2),
    "kernel/sysrq": _PLAIN,
    "kernel/perf_event_paranoid": _PLAIN,
    "kernel/perf_event_max_sample_rate": Kind(1, 1),
    "kernel/perf_cpu_time_max_percent": Kind(1, 0, 100),
    "kernel/pid_max": Kind(1, 301, 4194304),
    "kernel/panic_on_oops": _PLAIN,
    "kernel/kexec_load_disabled": Kind(1, 1, 1),
    "kernel/modules_disabled": Kind(1, 1, 1),
    "fs/protected_hardlinks": Kind(1, 0, 1),
    "fs/protected_symlinks": Kind(1, 0, 1),
    "fs/protected_fifos": Kind(1, 0, 2),
    "fs/protected_regular": Kind(1, 0, 2),
    "fs/suid_dumpable": Kind(1, 0, 2),
    "vm/mmap_min_addr": Kind(1, 0, 0xFFFFFFFFFFFFFFFF, False),
    "user/max_user_namespaces": Kind(1, 0),
    "net/core/bpf_jit_harden": Kind(1, 0, 2),
    "net/ipv4/ip_forward": _PLAIN,
    "net/ipv4/tcp_syncookies": _BYTE,
    "net/ipv4/tcp_timestamps": _BYTE,
    "net/ipv4/tcp_rfc1337": _BYTE,
    "net/ipv4/icmp_echo_ignore_broadcasts": _SWITCH,
    "net/ipv4/icmp_echo_ignore_all": _SWITCH,
    "net/ipv4/icmp_ignore_bogus_error_responses": _SWITCH,
    "net/ipv4/tcp_max_syn_backlog": _PLAIN,
    "net/ipv4/ip_local_port_range": Kind(2, 1, 65535, False),
    "net/ipv4/tcp_rmem": Kind(3, 1),
    "net/ipv4/tcp_wmem": Kind(3, 1),
}
"""Settings whose way to take values is known."""

_FOUR = "accept_redirects secure_redirects send_redirects accept_source_route rp_filter log_martians forwarding"
_FOUR += " accept_local arp_ignore arp_announce arp_filter proxy_arp shared_media src_valid_mark"
_FOUR += " drop_gratuitous_arp route_localnet"
_SIX = "accept_redirects accept_source_route forwarding accept_ra autoconf disable_ipv6"
_SIX += " accept_ra_defrtr accept_ra_pinfo accept_ra_rtr_pref max_addresses router_solicitations"
OF_INTERFACES: Dict[str, Tuple[str, ...]] = {"ipv4": tuple(_FOUR.split()), "ipv6": tuple(_SIX.split())}
"""Settings of each interface that are known; all hold one number."""


def interface_of(key: str) -> Tuple[str, str, str]:
    """Return family, interface and option of a path in ``net/FAMILY/conf``; empty texts for another path."""
    found = re.match(r"net/(ipv4|ipv6)/conf/([^/]+)/([a-z0-9_]+)\Z", key)
    return (found.group(1), found.group(2), found.group(3)) if found else ("", "", "")


def kind(key: str) -> Optional[Kind]:
    """Return how a setting takes values, or None where that is not known."""
    family, _, option = interface_of(key)
    if family:
        if option == "router_solicitations":
            return _FROM_MINUS_ONE
        return _PLAIN if option in OF_INTERFACES[family] else None
    return KINDS.get(key)


def taken(how: Kind, text: str, before: str) -> Tuple[str, bool]:
    """Return the value of a setting after a write of one line, and whether the kernel took it.

    Args:
        how: How the setting takes values.
        text: What is written.
        before: Its value.
    """
    values = before.split()
    text += "\n"
    at = 0
    for index in range(how.numbers):
        at += len(text[at:]) - len(text[at:].lstrip(" \t\n\v\f\r"))
        if at >= len(text):
            return " ".join(values), index > 0
        number, at = _number(text, at, how.signed)
        if number is None or not how.low <= number <= how.high:
            return " ".join(values), False
        while len(values) <= index:
            values.append("0")
        values[index] = str(number)
    return " ".join(values), True


_DIGITS: List[Tuple[str, int]] = [
    (r"0[xX][0-9a-fA-F]+", 16),
    (r"0[0-7]*", 8),
    (r"[1-9][0-9]*", 10),
]


def _number(text: str, at: int, signed: bool) -> Tuple[Optional[int], int]:
    """Return one number of any base (proc_get_long), or None, and where it ends; a blank has to follow it."""
    sign = 1
    if text[at] == "-":
        if not signed:
            return None, at
        sign, at = -1, at + 1
    for pattern, base in _DIGITS:
        found = re.compile(pattern).match(text, at)
        if not found:
            continue
        end = found.end()
        if end - at > 20 or (end < len(text) and text[end] not in " \t\n"):
            return None, end
        return sign * int(found.group(), base), end
    return None, at
