"""What apt and dpkg say, understood. Pure: text in, values out; all texts are those of ``LC_ALL=C.UTF-8``.

Sources: apt-pkg/algorithms.cc (``Inst``, ``Remv``), apt-pkg/deb/dpkgpm.cc (``OpenLog``, ``WriteHistoryTag``:
history.log), apt-private/private-install.cc ("After this operation"), dpkg's lib/dpkg/log.c and src/main/remove.c.
"""

import re
from typing import Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

_CAME = r"([^\s,]+?)(?::[a-z0-9-]+)? \(([^,)]+)(, automatic)?\)"
_UNITS = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3}


class Simulation(NamedTuple):
    """What an installation would come to.

    Attributes:
        new: Versions of packages that are not there, by name.
        other: What else would happen, as apt says it: upgrades, removals.
    """

    new: Dict[str, str]
    other: List[str]


class Upgrade(NamedTuple):
    """What an upgrade would come to.

    Attributes:
        old: Versions of what is there and would be upgraded, by name.
        new: Versions of all that would come, by name.
        came: What is not there yet.
    """

    old: Dict[str, str]
    new: Dict[str, str]
    came: List[str]


class Stanza(NamedTuple):
    """One run of apt, as history.log tells of it.

    Attributes:
        start: When it began, ``2026-11-27 23:33:11``.
        end: When it ended; ``""`` where it was killed.
        installed: Versions of what was not there before, by name.
        auto: Which of them came as dependencies.
        rest: What else it did: upgrades, removals.
    """

    start: str
    end: str
    installed: Dict[str, str]
    auto: Tuple[str, ...]
    rest: Tuple[str, ...]


def read_simulation(said: str, gone: Sequence[str] = ()) -> Simulation:
    """Understand ``apt-get -s install``; that it removes what is taken for gone is nothing else."""
    new: Dict[str, str] = {}
    other: List[str] = []
    for line in said.splitlines():
        found = re.match(r"Inst (\S+) (\[[^]]*\] )?\((\S+) ", line)
        if found and not found[2]:
            new[found[1]] = found[3]
        elif line.startswith(("Inst ", "Remv ", "Purg ")) and line.split()[1].partition(":")[0] not in gone:
            other.append(line)
    return Simulation(new, other)


def read_upgrade(said: str) -> Upgrade:
    """Understand ``apt-get -s upgrade``."""
    found = re.findall(r"(?m)^Inst (\S+?)(?::[a-z0-9-]+)? (?:\[([^]]*)\] )?\((\S+) ", said)
    old = {name: version for name, version, _ in found if version}
    return Upgrade(old, {name: version for name, _, version in found}, [name for name, old, _ in found if not old])


def read_upgrades(rest: Tuple[str, ...]) -> Dict[str, Tuple[str, str]]:
    """Return what a stanza says was upgraded: old and new version, by name."""
    texts = [one.partition(": ")[2] for one in rest if one.startswith("Upgrade: ")]
    found = re.findall(r"(\S+?)(?::[a-z0-9-]+)? \(([^,)]+), ([^,)]+)\)", "; ".join(texts))
    return {name: (old, new) for name, old, new in found}


def read_error(said: str) -> str:
    """Return apt's or dpkg's own words for what is wrong."""
    lines = [line.strip() for line in re.sub(r":\n +", ": ", said).splitlines()]
    found = [line[3:] for line in lines if line.startswith("E: ")]
    found += [line.partition("dpkg: error ")[2] for line in lines if "dpkg: error " in line]
    dropped = ("Sub-process ", "Can not write log", "Errors were encountered")
    kept = [line for line in found if not line.startswith(dropped)]
    return "; ".join(dict.fromkeys(kept or found or lines[-1:]))[:500]


def read_sizes(said: str) -> Tuple[int, int]:
    """Return the bytes that ``apt-get --print-uris`` says will be fetched, and will be used on the disk."""
    fetched = sum(int(found) for found in re.findall(r"(?m)^'\S+' \S+ (\d+) ", said))
    used = re.search(r"After this operation, ([\d,.]+) ([kMG]?)B of additional disk space", said)
    return fetched, int(float(used[1].replace(",", "")) * _UNITS[used[2]]) if used else 0


def read_history(text: str, token: str) -> List[Stanza]:
    """Return the runs of apt whose command line holds our mark, oldest first."""
    found: List[Stanza] = []
    for fields in _read_stanzas(text):
        if not _is_marked(fields, token):
            continue
        installed, auto = {}, []
        for name, version, more in re.findall(_CAME, fields.get("Install", "")):
            installed[name] = version
            auto += [name] if more else []
        rest = tuple(
            f"{word}: {fields[word]}" for word in ("Upgrade", "Downgrade", "Remove", "Purge") if word in fields
        )
        found.append(Stanza(fields["Start-Date"], fields["End-Date"], installed, tuple(auto), rest))
    return found


def read_later(text: str, token: str, start: str) -> Dict[str, str]:
    """Return what runs without our mark have installed since our run of a start, each with the start of the first.

    What dpkg was killed over, and what they ask for then, apt calls an upgrade from the same version.
    """
    found: Dict[str, str] = {}
    later = False
    for fields in _read_stanzas(text):
        marked = _is_marked(fields, token)
        if later and not marked:
            came = ", ".join(fields.get(word, "") for word in ("Install", "Reinstall"))
            names = [name for name, _, _ in re.findall(_CAME, came)]
            upgrades = read_upgrades((f"Upgrade: {fields.get('Upgrade', '')}",))
            names += [name for name, (old, new) in upgrades.items() if old == new]
            found.update({name: fields["Start-Date"] for name in names if name not in found})
        later = later or (marked and fields["Start-Date"] == start)
    return found


def _read_stanzas(text: str) -> Iterator[Dict[str, str]]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"(?m)^([A-Z][A-Za-z-]*): (.*)$", stanza))
        yield {**fields, **{word: re.sub(r"\s+", " ", fields.get(word, "")) for word in ("Start-Date", "End-Date")}}


def _is_marked(fields: Mapping[str, str], token: str) -> bool:
    return bool(re.search(rf"(\s|=){re.escape(token)}(\s|$)", fields.get("Commandline", "")))


def read_installs(text: str) -> List[Tuple[str, str, str]]:
    """Return time, name and old state (``none``, ``rc``) of each installation in dpkg.log, oldest first."""
    lines = re.findall(r"(?m)^(\S+ \S+) install (\S+?)(?::\S+)? (\S+) \S+$", text)
    return [(time, name, "none" if old == "<none>" else "rc") for time, name, old in lines]


def read_needs(said: str) -> Dict[str, str]:
    """Return what keeps packages from being removed, as ``dpkg --simulate --remove`` says it, by name."""
    found: Dict[str, str] = {}
    for name, reasons in re.findall(r"dependency problems prevent removal of (\S+?)(?::\S+)?:\n((?: .*\n)*)", said):
        found[name] = "; ".join(line.strip().rstrip(".") for line in reasons.splitlines())
    for name, reason in re.findall(
        r"dpkg: error processing (?:package|archive) (\S+?)(?::\S+)? \(--remove\):\n (.*)", said
    ):
        found.setdefault(name, reason)
    return found
