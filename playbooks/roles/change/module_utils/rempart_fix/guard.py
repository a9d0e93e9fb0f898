"""Which acts can cut a way in: before the first of them the timer is armed, whatever the rank of the check."""

import re
import time
from typing import Any, Mapping

from . import timer
from .contract import Act, Refusal
from .journal import Journal
from .place import Place
from .procedures import HARMLESS

_ALWAYS = ("account", "nft", "ufw", "firewalld")
_PATHS = re.compile(
    r"/etc/(ssh|pam\.d|security|sudoers|sudoers\.d|sudo\.conf|doas\.conf|polkit-1|login\.defs|nologin|nsswitch\.conf|shells"
    r"|passwd|shadow|group|gshadow|subuid|subgid|securetty|authselect|sssd|krb5\.conf|profile|profile\.d|bash\.bashrc"
    r"|network|netplan|NetworkManager|sysconfig/network[\w-]*|sysconfig/ip6?tables|systemd/network|systemd/resolved\.conf"
    r"|systemd/networkd\.conf|resolv\.conf|hosts|hosts\.allow|hosts\.deny|iproute2|nftables\.conf|nftables|nftables\.d"
    r"|iptables|ufw|firewalld|fail2ban|wireguard|openvpn|default/(ufw|grub|ssh|networking)|grub\.d|modprobe\.d|modules"
    r"|modules-load\.d|initramfs-tools|dracut\.conf|dracut\.conf\.d|fstab|crypttab|selinux|apparmor\.d|inetd\.conf"
    r"|xinetd\.d|crypto-policies)(/|\Z)"
    r"|/boot(/|\Z)|/usr/lib/(systemd/system|pam\.d|modprobe\.d)/|/usr/share/pam-configs/"
    r"|/(root|home/[^/]+)/?(\.ssh|\.bashrc|\.profile|\.bash_profile|\Z)|.*/\.ssh(/|\Z)|.*authorized_keys|/(etc|home|root)\Z"
)
_UNITS = re.compile(
    r"(ssh|sshd|ssh@|sshd@|networking|network|NetworkManager|systemd-networkd|systemd-resolved|systemd-logind|wpa_supplicant"
    r"|dhcpcd|nftables|iptables|ip6tables|netfilter-persistent|ufw|firewalld|fail2ban|rempart-firewall|sssd|nscd|winbind"
    r"|wg-quick@|openvpn|getty@|serial-getty@|multi-user|graphical|default|rescue|emergency"
    r"|telnet|telnetd|inetutils-telnetd|rsh|rlogin|rexec|inetd|inetutils-inetd|openbsd-inetd|xinetd"
    r"|[\w-]*vnc[\w-]*|xrdp|anydesk|teamviewerd?|rustdesk|nxserver|x2go[\w-]*|dwagent[\w-]*|meshagent)\b"
)
_PACKAGES = re.compile(
    r"(openssh|sudo|doas|opendoas|libpam|pam\b|passwd\b|login\b|shadow|libnss|sssd|nftables|iptables|ufw|firewalld|fail2ban"
    r"|network-manager|NetworkManager|ifupdown|netplan|systemd|grub|shim|linux-image|kernel|initramfs|dracut|iproute"
    r"|isc-dhcp|dhcpcd|wpasupplicant|resolvconf|apparmor|selinux)"
)
_SYSCTL_FILES = re.compile(r"/(etc|run|usr/lib|usr/local/lib)/sysctl\.(d/|conf)")


def is_sensitive(act: Act, text: bytes = b"") -> bool:
    """Tell whether an act's target is sshd, PAM, sudo, accounts, keys, network, firewall, ``net.*``, boot, or theirs.

    Args:
        act: The act.
        text: What a file will hold, where it is one: a file of settings of the kernel may set ``net.*``.
    """
    kind, target = act["kind"], str(act["target"])
    if kind in _ALWAYS:
        return True
    if kind in ("file", "folder", "line", "mode"):
        if _SYSCTL_FILES.match(target):
            return bool(re.search(rb"(?m)^\s*-?net[./]", text))
        if re.match(r"/(etc|usr/lib)/systemd/system/", target):
            unit = target.split("/")[4] if target.startswith("/etc") else target.split("/")[5]
            return bool(_UNITS.match(unit)) or ".mount" in unit
        return bool(_PATHS.match(target))
    if kind == "unit":
        return bool(_UNITS.match(target))
    if kind == "package":
        names = {*act.get("names", []), *act.get("after", {}), *target.split()}
        return any(_PACKAGES.match(str(name)) for name in names)
    if kind == "sysctl":
        return target.replace("/", ".").startswith("net.")
    if kind == "run":
        return act.get("procedure") not in HARMLESS
    return kind in ("kmod", "mount", "radio", "selinux")


def needs_timer(act: Act, place: Place) -> bool:
    """Tell whether an act is to be guarded on this endpoint; contents of files are looked at."""
    return is_sensitive(act, _read(act["before"], place) + b"\n" + _read(act["after"], place))


def expect_timer(place: Place) -> None:
    """Refuse where nothing would take a change back.

    Raises:
        Refusal: systemd does not run here.
    """
    if place.root == "/":
        timer.expect_systemd()


def _read(state: Any, place: Place) -> bytes:
    if not isinstance(state, Mapping) or not state.get("sha256"):
        return b""
    try:
        return place.read(state["sha256"])
    except Refusal:
        return b""


class Guard:
    """Arms the timer of a change, once, before the first act that needs it.

    Args:
        journal: Of the change.
        seconds: After which the timer takes the change back.
        confirmed: Whether a new connection has confirmed the change, of which a part is done anew: no timer.
        beside: Whether another change is undone: nobody would confirm this one, so no act that needs a timer is done.
    """

    def __init__(self, journal: Journal, seconds: int, *, confirmed: bool = False, beside: bool = False) -> None:
        self.journal, self.seconds, self.beside = journal, seconds, beside
        self.armed = confirmed

    def before(self, act: Act) -> None:
        """See to it that the timer runs before an act that can cut a way in.

        Raises:
            Refusal: It can't be armed; the act must not be done.
        """
        place = self.journal.place
        if self.armed or not needs_timer(act, place):
            return
        if self.beside:
            change = place.change
            raise Refusal(
                f"{act['target']} can cut a way in, and no timer would guard it: rempart apply --resume {change}",
                f"{act['target']} peut couper un accès, sans minuteur\u00a0: rempart apply --resume {change}",
            )
        if place.root == "/" and not timer.runs(place):
            if self.seconds <= 0:
                raise Refusal(
                    f"{act['target']} is guarded by a timer, and none was given",
                    f"{act['target']} est gardé par un minuteur, et aucun n’est donné",
                )
            timer.arm(place, self.seconds)
            self.journal.note("armed", seconds=self.seconds)
            place.guarded_until = time.time() + self.seconds
        self.armed = True
