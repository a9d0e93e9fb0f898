"""A start, write by write: systemd-sysctl, then ufw, then interfaces that appear; and what each write carries along."""

import fnmatch
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from rempart_agent.models.sysctl import kernel
from rempart_agent.models.sysctl.files import Setting, is_pattern
from rempart_agent.said import Why


class Value(NamedTuple):
    """The value of a setting and what gave it; ``setting`` is None for a value that was there before."""

    text: str
    setting: Optional[Setting] = None


class Machine:
    """The settings of a machine while it starts.

    Attributes:
        values: The value of each setting that there is, by its path.
    """

    def __init__(self, values: Dict[str, str], addressed: Iterable[str] = ()) -> None:
        """Start with what the kernel has by itself.

        Args:
            values: The value of each setting.
            addressed: Interfaces that have an address of IPv4: the default reaches them no more (ipv4_devconf_setall).
        """
        self.values: Dict[str, Value] = {key: Value(text) for key, text in values.items()}
        self._set: Set[Tuple[str, str]] = set()  # interface and option of IPv4 that were set for themselves
        for name in addressed:
            self.address(name)

    def apply(self, settings: Sequence[Setting], only: Sequence[str] = (), skips_same: bool = True) -> None:
        """Write what is asked, as systemd-sysctl does.

        Args:
            settings: What is asked, in order.
            only: Prefixes of the paths that are written; all where there is none.
            skips_same: Whether a value that is there already is not written again.
        """
        named = {s.key for s in settings if not is_pattern(s.key)}
        for setting in settings:
            if setting.value is None:
                continue
            if is_pattern(setting.key):
                keys = [key for key in sorted(self.values) if key not in named and fits(key, setting.key)]
            else:
                keys = [setting.key]
            for key in keys:
                if not only or any(key == p or key.startswith(p + "/") for p in only):
                    self._write(key, setting, skips_same)

    def _write(self, key: str, setting: Setting, skips_same: bool) -> None:
        if key == "net/ipv4/conf/all/forwarding":
            key = "net/ipv4/ip_forward"
        before, how = self.values.get(key), kernel.kind(key)
        if before is None or how is None or setting.value is None:
            return
        if key == "kernel/perf_event_max_sample_rate" and self._unthrottled():
            return
        if skips_same and before.text == setting.value:
            self.values[key] = Value(before.text, setting)
            return
        text, took = kernel.taken(how, setting.value, before.text)
        if not took and text == before.text:
            family, _, option = kernel.interface_of(key)
            if family == "ipv4" and option != "forwarding":  # refused, and set for itself all the same
                self._carry(key, text, False, before.setting or setting)
            return
        self.values[key] = Value(text, setting)
        self._carry(key, text, text != before.text, setting)

    def _unthrottled(self) -> bool:
        """Tell whether the kernel refuses a rate of samples (perf_event_max_sample_rate_handler)."""
        share = self.values.get("kernel/perf_cpu_time_max_percent")
        return share is not None and share.text in ("0", "100")

    def _carry(self, key: str, text: str, changed: bool, by: Setting) -> None:
        """Do what the kernel does beside (devinet_conf_proc, inet_forward_change, addrconf_fixup_forwarding)."""
        if key == "net/ipv4/ip_forward":
            self.values["net/ipv4/conf/all/forwarding"] = Value(text, by)
            if changed:
                on = "0" if int(text) == 0 else text
                self._put("net/ipv4/conf/all/accept_redirects", "1" if on == "0" else "0", by)
                self._put("net/ipv4/conf/default/forwarding", on, by)
                for name in self.interfaces("ipv4"):
                    self._put("net/ipv4/conf/{}/forwarding".format(name), on, by)
                    self._set.add((name, "forwarding"))
            return
        family, name, option = kernel.interface_of(key)
        if family == "ipv4" and option != "forwarding":
            self._set.add((name, option))
            if name == "default":
                for other in self.interfaces("ipv4"):
                    if (other, option) not in self._set:
                        self._put("net/ipv4/conf/{}/{}".format(other, option), text, by)
        elif family == "ipv6" and name == "all" and option in ("forwarding", "disable_ipv6"):
            for other in ["default", *self.interfaces("ipv6")]:
                self._put("net/ipv6/conf/{}/{}".format(other, option), text, by)

    def _put(self, key: str, text: str, by: Setting) -> None:
        if key in self.values:
            self.values[key] = Value(text, by)

    def interfaces(self, family: str) -> List[str]:
        """Return the interfaces that there are."""
        start = "net/{}/conf/".format(family)
        found = {key[len(start) :].split("/")[0] for key in self.values if key.startswith(start)}
        return sorted(found - {"all", "default"})

    def address(self, name: str) -> None:
        """Let an interface get an address of IPv4."""
        self._set.update((name, option) for option in kernel.OF_INTERFACES["ipv4"])

    def appear(self, name: str) -> None:
        """Let an interface appear: it has what is the default at that moment."""
        for key in list(self.values):
            family, other, option = kernel.interface_of(key)
            if family and other == "default":
                self.values["net/{}/conf/{}/{}".format(family, name, option)] = self.values[key]
                if family == "ipv4" and ("default", option) in self._set:
                    self._set.add((name, option))


def prefixes(name: str) -> List[str]:
    """Return the prefixes that udev gives systemd-sysctl when an interface appears (99-systemd.rules)."""
    return ["net/{}/{}/{}".format(f, part, name) for f in ("ipv4", "ipv6") for part in ("conf", "neigh")]


def fits(key: str, pattern: str) -> bool:
    """Tell whether a shell pattern of paths fits a path; a star ends at a slash.

    Args:
        key: The path.
        pattern: The pattern.
    """
    parts, wanted = key.split("/"), pattern.split("/")
    # zip needs no strict: the lengths are compared before
    return len(parts) == len(wanted) and all(
        fnmatch.fnmatchcase(part, want.replace("[^", "[!")) and (want[:1] == "." or part[:1] != ".")
        for part, want in zip(parts, wanted)
    )


def after(
    values: Dict[str, str],
    settings: Sequence[Setting],
    firewall: Sequence[Setting],
    interfaces: Iterable[str],
    early: bool = False,
) -> Dict[str, Tuple[Optional[Value], str]]:
    """Return each setting after a start, or None with the reason where it hangs on when an interface appears.

    Args:
        values: What the kernel has by itself, without interfaces but ``lo``.
        settings: What systemd-sysctl writes.
        firewall: What ufw writes after it.
        interfaces: The interfaces that will be there.
        early: Whether they may get their addresses before all, from the initial RAM file system.
    """
    names = list(interfaces)
    outcomes = []
    # they appear before all with an address, before all, between the two, or after all
    for moment in range(-1 if early else 0, 3):
        machine = Machine(values, ["lo"])  # systemd gives it its address before anything else
        for name in names if moment < 0 else ():
            machine.appear(name)
            machine.address(name)
        for step, (wanted, same) in enumerate(((settings, True), (firewall, False), ((), True))):
            if step == moment:
                for name in names:
                    machine.appear(name)
                    if moment:
                        machine.apply(settings, prefixes(name))
            machine.apply(wanted, skips_same=same)
        outcomes.append(machine.values)
    found: Dict[str, Tuple[Optional[Value], str]] = {}
    for key, value in outcomes[0].items():
        texts = {o[key].text for o in outcomes if key in o}
        reason = Why("it hangs on when the interface appears: {texts}", texts=" or ".join(sorted(texts)))
        found[key] = (value, "") if len(texts) == 1 else (None, reason)
    return found
