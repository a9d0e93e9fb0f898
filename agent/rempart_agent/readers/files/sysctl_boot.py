"""What a target's kernel settings are after its next start, by ``rempart_agent.models.sysctl``."""

import re
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models.sysctl import boot, files, kernel
from rempart_agent.models.sysctl.files import Setting
from rempart_agent.said import Why
from rempart_agent.source.contract import Missing, SourceError, Unfit
from rempart_agent.source.target import Target

_SYSTEMD = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
_USUAL = "ConditionPathIsReadWrite=/proc/sys/net/"  # as systemd has it: not in a container
_CREDENTIALS: Tuple[str, ...] = (
    "/etc/credstore",
    "/etc/credstore.encrypted",
    "/run/credstore",
    "/run/credstore.encrypted",
)
_CREDENTIALS += ("/usr/local/lib/credstore", "/usr/lib/credstore", "/usr/lib/credstore.encrypted")
_PRESETS: Dict[str, str] = {
    "kernel/randomize_va_space": "2",
    "kernel/kptr_restrict": "0",
    "fs/suid_dumpable": "0",
    "fs/protected_fifos": "0",
    "fs/protected_regular": "0",
    "kernel/perf_cpu_time_max_percent": "25",
    "kernel/perf_event_max_sample_rate": "100000",
    "kernel/kexec_load_disabled": "0",
    "kernel/modules_disabled": "0",
    "net/core/bpf_jit_harden": "0",
    "net/ipv4/ip_forward": "0",
    "net/ipv4/tcp_syncookies": "1",
    "net/ipv4/icmp_echo_ignore_broadcasts": "1",
    "net/ipv4/icmp_echo_ignore_all": "0",
    "net/ipv4/icmp_ignore_bogus_error_responses": "1",
    "net/ipv4/tcp_rfc1337": "0",
}
"""Values that every kernel begins with."""
_ON = frozenset(["accept_redirects", "secure_redirects", "send_redirects", "shared_media", "accept_ra", "autoconf"])
_SIX = {
    "accept_ra_defrtr": "1",
    "accept_ra_pinfo": "1",
    "accept_ra_rtr_pref": "1",
    "max_addresses": "16",
    "router_solicitations": "-1",
}
"""Numbers of IPv6 that each interface begins with (ipv6_devconf, ipv6_devconf_dflt)."""
_BUILT = {
    "kernel/dmesg_restrict": (r"CONFIG_SECURITY_DMESG_RESTRICT=y", "1", "0"),
    "kernel/panic_on_oops": (r"CONFIG_PANIC_ON_OOPS=y", "1", "0"),
    "kernel/unprivileged_bpf_disabled": (r"CONFIG_BPF_UNPRIV_DEFAULT_OFF=y", "2", "0"),
}
_FORWARD = ("net/ipv4/ip_forward", "net/ipv4/conf/all/forwarding", "net/ipv6/conf/all/forwarding")
_FORWARDING = (
    "docker.service",
    "docker.socket",
    "libvirtd.service",
    "virtnetworkd.service",
    "k3s.service",
    "kubelet.service",
)


class Boot(NamedTuple):
    """One setting after a start.

    Attributes:
        key: Its path below ``/proc/sys``.
        value: Its value, or None.
        setting: What gives it, or None for what the kernel has by itself.
        why: Why the value is not known.
    """

    key: str
    value: Optional[str]
    setting: Optional[Setting]
    why: str


def read(target: Target) -> List[Boot]:
    """Return the settings that are asked for, and those whose start is known."""
    found: List[Boot] = target.shared("sysctl boot", lambda: _read(target))
    return found


def _read(target: Target) -> List[Boot]:
    systemd = any(target.exists(path) for path in _SYSTEMD)
    settings, why = _settings(target, systemd)
    firewall, firewall_why = _firewall(target)
    names = _interfaces(target)
    asked = [*settings, *firewall]
    presets = _presets(target, asked)
    known = boot.after(presets, settings, firewall, names, _early(target))
    kept = known
    if target.live and _names(target, files.LOST):
        with_run, _ = _settings(target, systemd, files.FOLDERS)
        kept = boot.after(presets, with_run, firewall, names, _early(target))
    unsure = why or firewall_why
    forwarding = _forwards(target)
    out: List[Boot] = []
    for key, (value, reason) in sorted(known.items()):
        text, by = (value.text, value.setting) if value else (None, None)
        reason = unsure or reason
        other_value = kept.get(key, (value, reason))[0]
        if text is not None and (other_value is None or other_value.text != text):
            reason = reason or Why(
                "{folder} says something else, and whether it is made anew is not known", folder=files.LOST
            )
        if not systemd and any(boot.fits(key, s.key) for s in asked if s.value is None or files.is_pattern(s.key)):
            reason = reason or Why("without systemd-sysctl: patterns and removed keys are read otherwise")
        if forwarding and key in _FORWARD and text == "0":
            reason = reason or Why("{forwarding} switches forwarding on when it starts", forwarding=forwarding)
        how = kernel.kind(key)
        if text and how and len(text.split()) < how.numbers:
            reason = reason or Why("only a part of its numbers is set")
        if text == "":
            reason = reason or Why("not set by any file, and what the kernel begins with is not known")
        out.append(Boot(key, None if reason else text, by, reason))
    other = [s for s in asked if s.value is not None and not files.is_pattern(s.key) and kernel.kind(s.key) is None]
    return out + [Boot(setting.key, None, setting, Why("how the kernel reads it is not known")) for setting in other]


def _texts(target: Target, paths: Iterable[str]) -> Tuple[List[Setting], str]:
    found: List[Setting] = []
    for path in paths:
        try:
            found += files.parse(target.text(path), path)
        except Missing:
            continue
        except Unfit as unfit:
            if target.exists(path) and target.realpath(path) == "/dev/null":
                continue
            return found, unfit.why
    return found, ""


def _runs(target: Target) -> Tuple[bool, str]:
    """Tell whether systemd-sysctl runs when the machine starts, and what is not known of it."""
    from rempart_agent.models.unit import command, condition
    from rempart_agent.models.unit.load import LOADED
    from rempart_agent.readers.files import unit

    units = unit.next_units(target)
    found = units.load("systemd-sysctl.service")
    if found.load != LOADED or not units.folders.pulls.get("systemd-sysctl.service"):
        return False, ""
    lines = command.lines(found, "ExecStart")
    if len(lines) != 1 or lines[0].lstrip("-@:+!|") not in _SYSTEMD:
        return True, Why("systemd-sysctl.service does not run systemd-sysctl alone")
    met = condition.allowed(found, units.folders.files, target.live, (_USUAL,))
    if met is None:
        return True, Why("whether the conditions of {name} hold is not known", name="systemd-sysctl.service")
    return bool(met), ""


def _names(target: Target, folder: str) -> List[str]:
    try:
        return target.listdir(folder)
    except Missing:
        return []


def _settings(target: Target, systemd: bool, places: Sequence[str] = files.KEPT) -> Tuple[List[Setting], str]:
    folders = [(folder, _names(target, folder)) for folder in places]
    if systemd:
        runs, why = _runs(target)
        if not runs or why:
            return [], why
    paths = files.order(folders)
    if not systemd:
        paths.append("/etc/sysctl.conf")  # sysctl(8) reads it, last
    found, why = _texts(target, paths)
    for folder in _CREDENTIALS:
        if any(target.exists(folder + "/" + name) for name in ("sysctl.extra",)):
            why = why or Why("the credential sysctl.extra adds to it")
    return files.together(found), why


def _firewall(target: Target) -> Tuple[List[Setting], str]:
    """Return what ufw writes when it starts (ufw-init-functions); nothing where it is off."""
    from rempart_agent.formats import ini
    from rempart_agent.readers.files import unit

    def last(path: str, key: str) -> str:
        try:
            text = target.text(path)
        except Missing:
            return ""
        values = [s.value for s in ini.parse(text, ini.dialect_of(path)) if s.key == key]
        return values[-1] if values else ""

    if last("/etc/ufw/ufw.conf", "ENABLED").lower() != "yes":
        return [], ""
    if target.exists("/usr/lib/systemd/system/ufw.service") and not unit.folders(target).pulls.get("ufw.service"):
        return [], ""
    path = last("/etc/default/ufw", "IPT_SYSCTL")
    return _texts(target, [path]) if path.startswith("/") else ([], "")


def _interfaces(target: Target) -> List[str]:
    if not target.live:
        return []
    names = set()
    for family in ("ipv4", "ipv6"):
        try:
            names.update(target.listdir("/proc/sys/net/{}/conf".format(family)))
        except SourceError:
            continue
    return sorted(names - {"all", "default", "lo"})


def _early(target: Target) -> bool:
    """Tell whether the initial RAM file system sets up a network, as for a root that lies on one."""
    try:
        text = target.text("/proc/cmdline") if target.live else ""
    except Missing:
        return False
    return bool(re.search(r"(?:^|\s)(?:ip=|netroot=|nfsroot=|rd\.neednet=1|rd\.iscsi|root=(?:/dev/nfs|nfs))", text))


def _presets(target: Target, asked: Sequence[Setting]) -> Dict[str, str]:
    """Return what the kernel begins with, "" where that is not known."""
    found = dict.fromkeys(kernel.KINDS, "")
    found.update(_PRESETS)
    for family, options in kernel.OF_INTERFACES.items():
        for option in options:
            for place in ("all", "default", "lo"):
                found["net/{}/conf/{}/{}".format(family, place, option)] = str(int(option in _ON))
    for place in ("default", "lo"):
        found["net/ipv4/conf/{}/accept_source_route".format(place)] = "1"
    for option in ("accept_ra", "autoconf"):  # vendors' kernels differ
        for place in ("all", "default", "lo"):
            found["net/ipv6/conf/{}/{}".format(place, option)] = ""
    for option, text in _SIX.items():
        found.update(("net/ipv6/conf/{}/{}".format(place, option), text) for place in ("all", "default", "lo"))
    found.update(_built(target))
    found.update(_command_line(target))
    return found


def _built(target: Target) -> Dict[str, str]:
    """Return what the kernel that runs, or the only one that is installed, was built with."""
    try:
        release = target.text("/proc/sys/kernel/osrelease").strip() if target.live else ""
    except SourceError:
        release = ""
    paths = ["/boot/config-" + release, "/usr/lib/modules/{}/config".format(release)] if release else []
    if not target.live:
        paths = target.glob("/boot/config-*")
    found: List[Dict[str, str]] = []
    for path in paths:
        try:
            text = target.text(path)
        except SourceError:
            continue
        one = {key: on if re.search("^" + p + "$", text, re.MULTILINE) else off for key, (p, on, off) in _BUILT.items()}
        if re.search("^CONFIG_COMPAT_BRK=y$", text, re.MULTILINE):
            one["kernel/randomize_va_space"] = "1"
        sysrq = re.search("^CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=(0x[0-9a-fA-F]{1,8})$", text, re.MULTILINE)
        if sysrq:
            one["kernel/sysrq"] = str(int(sysrq.group(1), 16))
        lowest = re.search("^CONFIG_DEFAULT_MMAP_MIN_ADDR=([0-9]{1,9})$", text, re.MULTILINE)
        if lowest:
            one["vm/mmap_min_addr"] = lowest.group(1)
        found.append(one)
    return found[0] if found and all(one == found[0] for one in found) else {}


def _command_line(target: Target) -> Dict[str, str]:
    """Return what the kernel's own command line sets (``sysctl.kernel.sysrq=0``)."""
    if not target.live:
        return {}
    try:
        words = target.text("/proc/cmdline").split()
    except SourceError:
        return {}
    found: Dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        path = files.path_of(key[len("sysctl.") :]) if key.startswith("sysctl.") else ""
        how = kernel.kind(path) if path and equals else None
        if how:
            found[path], _ = kernel.taken(how, value, "0")
    return found


def _forwards(target: Target) -> str:
    """Return an enabled service that switches forwarding on, or ""."""
    from rempart_agent.readers.files import unit

    pulls = unit.folders(target).pulls
    return next((name for name in _FORWARDING if pulls.get(name)), "")
