"""Wireless networks that are switched off, by the kernel's own switch of each device, as rfkill(8) does it.

Spec: ``{wireless: false}``; they are switched off, never on. What somebody reaches the machine by stays on: the fix is
refused. systemd-rfkill keeps what a switch says over a start. Other devices (Bluetooth, modems) are left alone.
"""

import glob
import os
import re
import socket
import time
from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

from ..contract import BACK, Act, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight

_SWITCHES = "/sys/class/rfkill/rfkill*"
_PATIENCE = 5.0  # seconds in which an interface has to go down
_WORDS = {"0": "on", "1": "off"}


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    place = sight.place
    switches = {} if spec["wireless"] else _read_switches(place)
    sight.note("radio", switches)
    acts: List[Act] = []
    found = {name: _find_interfaces(name, place) for name, soft in sorted(switches.items()) if soft == "0"}
    # a laptop's own switch, which has no interfaces, blocks the device too: off after that, and on again before it
    for name, interfaces in sorted(found.items(), key=lambda one: not one[1]):
        used = sorted(_find_used(sight) & {*interfaces})
        if used:
            raise Refusal(
                f"this machine is reached over {used[0]}, which is wireless: give it a cable first",
                f"cette machine est atteinte par {used[0]}, qui est sans fil\u00a0: câblez-la d’abord",
            )
        up = [one for one in interfaces if _is_up(one, place)]
        acts.append({"kind": "radio", "target": name, "before": {"soft": "0", "up": up}, "after": {"soft": "1"}})
    return acts


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def _find(place: Place) -> Dict[str, str]:
    """Return the folders of the switches of wireless networks by the names of their devices (``phy0``)."""
    folders = [one for one in glob.glob(place.at(_SWITCHES)) if _read(f"{one}/type") == "wlan"]
    return {_read(f"{one}/name") or os.path.basename(one): one for one in folders}


def _read_switches(place: Place) -> Dict[str, str]:
    return {name: _read(f"{folder}/soft") for name, folder in _find(place).items()}


def _find_interfaces(name: str, place: Place) -> List[str]:
    """Return the interfaces of a wireless device."""
    links = glob.glob(place.at("/sys/class/net/*/phy80211"))
    return sorted(one.split("/")[-2] for one in links if os.path.basename(os.path.realpath(one)) == name)


def _is_up(interface: str, place: Place) -> bool:
    flags = _read(place.at(f"/sys/class/net/{interface}/flags")) or "0"
    return bool(int(flags, 16) & 1)


def _find_used(sight: Sight) -> Set[str]:
    """Return the interfaces by which others are connected, or by which alone this machine reaches others.

    Raises:
        Refusal: That can't be told.
    """
    found: Set[str] = set()
    ends = _find_ends(sight.place)
    for peer in sorted(theirs for _, theirs in ends):
        status, said = sight.place.run(["ip", "-o", "route", "get", peer], 10)
        if status == 127:
            raise Refusal("ip is missing: which way in is wireless is unknown",
                          "ip manque\u00a0: quel accès est sans fil est inconnu")  # fmt: skip
        found.update(re.findall(r" dev (\S+)", said))
    for here in sorted({ours for ours, _ in ends}):  # answers may leave by another interface than calls come in by
        _, said = sight.place.run(["ip", "-o", "address", "show", "to", here], 10)
        found.update(re.findall(r"(?m)^\d+: (\S+) ", said))
    for family in ("-4", "-6"):
        _, said = sight.place.run(["ip", family, "-o", "route", "show", "default"], 10)
        ways = set(re.findall(r" dev (\S+)", said))
        if len(ways) == 1:
            found |= ways
    return _add_lower(found, sight.place)


def _add_lower(names: Set[str], place: Place) -> Set[str]:
    """Return interfaces, and those that they are made of: of a bond, a bridge, a VLAN."""
    found, todo = set(names), list(names)
    while todo:
        folder = place.at(f"/sys/class/net/{todo.pop()}")
        inside = os.listdir(folder) if os.path.isdir(folder) else []
        new = {one[len("lower_") :] for one in inside if one.startswith("lower_")} - found
        found |= new
        todo += new
    return found


def _find_ends(place: Place) -> Set[Tuple[str, str]]:
    """Return our address and that of the other end of TCP connections, by the kernel's table (proc(5))."""
    found: Set[Tuple[str, str]] = set()
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in _read(place.at(f"/proc/net/{name}")).splitlines()[1:]:
            fields = line.split()
            if len(fields) < 4 or fields[3] != "01":
                continue
            found.add((_read_address(fields[1], family), _read_address(fields[2], family)))
    return {(ours, theirs) for ours, theirs in found if theirs != "::1" and not theirs.startswith("127.")}


def _read_address(field: str, family: int) -> str:
    data = bytes.fromhex(field.partition(":")[0])
    words = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
    if words.startswith(b"\0" * 10 + b"\xff\xff"):
        return socket.inet_ntop(socket.AF_INET, words[12:])
    return socket.inet_ntop(family, words)


def _write(name: str, value: str, place: Place) -> None:
    folder = _find(place).get(name)
    if folder is None:
        raise Refusal(f"{name} is gone", f"{name} n’est plus là")
    with open(f"{folder}/soft", "w", encoding="ascii") as file:
        file.write(value)
    if _read(f"{folder}/soft") != value:
        raise Refusal(f"{name}: the switch does not take {value}", f"{name}\u00a0: le commutateur refuse {value}")


def do(act: Act, place: Place) -> Act:
    """See Kind.do. What is off has no interface that is up."""
    _write(act["target"], "1", place)
    ends = time.monotonic() + _PATIENCE
    while any(_is_up(one, place) for one in _find_interfaces(act["target"], place)) and time.monotonic() < ends:
        time.sleep(0.1)
    return act


def _see(name: str, place: Place) -> Optional[str]:
    return _read_switches(place).get(name)


def look(act: Act, place: Place) -> str:
    """See Kind.look. A device that is gone has nothing of ours."""
    return "after" if _see(act["target"], place) == "1" else "before"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. Interfaces that were up are up again; who else manages them connects them."""
    if look(act, place) == "before":
        return BACK
    if not dry:
        _write(act["target"], "0", place)
        for interface in act["before"]["up"]:
            status, said = _set_up(interface, place)
            if status:
                by_hand = f"ip link set dev {interface} up"
                return Undone("stays", (f"{interface}: {said[-200:]}", f"{interface}\u00a0: {said[-200:]}"), by_hand)
    return BACK


def _set_up(interface: str, place: Place) -> Tuple[int, str]:
    """Have an interface up: the kernel may need a moment until it knows that nothing blocks it any more."""
    ends = time.monotonic() + _PATIENCE
    while True:
        status, said = place.run(["ip", "link", "set", "dev", interface, "up"], 20)
        if not status or time.monotonic() >= ends:
            return status, said
        time.sleep(0.2)


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return {"after": "done", "before": "void"}[look(act, place)]


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(f"radio {act['target']}", *(_WORDS[act[word]["soft"]] for word in ("before", "after")))
