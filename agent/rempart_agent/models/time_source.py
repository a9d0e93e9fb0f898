"""From where a time service takes the time: chrony.conf(5), timesyncd.conf(5), ntp.conf(5), ntpd.conf(5), ntp.toml(5).

Each reader gets the files that the service reads and returns its sources. That a source answers no file tells.
"""

import re
from typing import Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.said import Why

_DEPTH = 8


class Source(NamedTuple):
    """One source, or a setting that takes the clock away from the service.

    Attributes:
        name: The server's name or address, or the driver of a clock.
        kind: ``server``, ``pool``, ``peer``, ``clock``, ``network``, ``built in``.
        usable: 1, 0 where the service never takes the time from it, None where that can't be told.
        path: The file that names it.
        line: Its line; 0 for none.
        why: Why it is not usable, or unknown.
    """

    name: str
    kind: str
    usable: Optional[int]
    path: str
    line: int
    why: str = ""


class Files(NamedTuple):
    """How files are read: ``text`` gives None for one that is not there, ``listed`` the sorted paths of a pattern."""

    text: Callable[[str], Optional[str]]
    listed: Callable[[str], List[str]]


def _lines(files: Files, path: str, comments: str) -> Iterator[Tuple[int, List[str]]]:
    for number, line in enumerate((files.text(path) or "").split("\n"), 1):
        line = line.strip()
        if line and line[0] not in comments:
            yield number, line.split()


class Directive(NamedTuple):
    """A line of chrony.conf(5): its word in small letters, what follows, the file and the line."""

    word: str
    rest: List[str]
    path: str
    line: int


def directives(files: Files, path: str, depth: int = 0) -> Iterator[Directive]:
    """Yield the lines of chronyd's settings in the order in which it reads them, with all that they include.

    Args:
        files: Reads files of the machine.
        path: The configuration.
        depth: How many files include it.
    """
    if depth > _DEPTH:
        return
    for number, words in _lines(files, path, "#!;%"):
        word, rest = words[0].lower(), words[1:]
        if word == "include" and rest:
            for file in files.listed(rest[0]):
                yield from directives(files, file, depth + 1)
        elif word in ("confdir", "sourcedir"):
            yield from _folders(files, rest, ".conf" if word == "confdir" else ".sources", depth)
        else:
            yield Directive(word, rest, path, number)


def _folders(files: Files, folders: List[str], ending: str, depth: int) -> Iterator[Directive]:
    """Read the files of several folders, of one name that of the first folder (conf.c, search_dirs)."""
    found: Dict[str, str] = {}
    for folder in folders:
        for file in files.listed(folder.rstrip("/") + "/*" + ending):
            found.setdefault(file.rpartition("/")[2], file)
    for name in sorted(found):
        yield from directives(files, found[name], depth + 1)


def chrony(files: Files, path: str) -> Iterator[Source]:
    """Yield the sources of chronyd: ``server``, ``pool``, ``peer``, ``refclock``, in all files that it includes.

    Args:
        files: Reads files of the machine.
        path: The configuration.
    """
    for word, rest, where, number in directives(files, path):
        if word in ("server", "pool", "peer") and rest:
            yield _chrony_source(word, rest, where, number)
        elif word == "refclock" and len(rest) > 1:
            options = [option.lower() for option in rest[2:]]
            usable = 0 if "noselect" in options else 1
            yield Source(" ".join(rest[:2]), "clock", usable, where, number, "" if usable else "noselect")


def _chrony_source(kind: str, rest: List[str], path: str, number: int) -> Source:
    options = [option.lower() for option in rest[1:]]
    if "noselect" in options:
        return Source(rest[0], kind, 0, path, number, "noselect")
    if "offline" in options:
        return Source(rest[0], kind, None, path, number, Why("offline until somebody says otherwise"))
    if _own(rest[0]):
        return Source(rest[0], kind, 0, path, number, Why("the machine itself"))
    return Source(rest[0], kind, 1, path, number)


def _own(name: str) -> bool:
    return name.lower() in ("localhost", "::1") or name.startswith("127.")


def timesyncd(settings: Iterable[Tuple[str, str, str, int]], network: List[str], network_known: bool) -> List[Source]:
    """Return the sources of systemd-timesyncd.

    Args:
        settings: Assignments of ``[Time]`` in the order in which they count: key, value, path, line.
        network: Servers that the network told (DHCP, systemd-networkd).
        network_known: Whether these were looked at.
    """
    own: List[Source] = []
    fallback: List[Source] = []
    told = False
    for key, value, path, line in settings:
        if key == "NTP":
            own = [*own, *(_server(word, path, line) for word in value.split())] if value else []
        elif key == "FallbackNTP":
            told = True
            fallback = [*fallback, *(_server(word, path, line) for word in value.split())] if value else []
    found = [*own, *(Source(name, "network", 1, "/run/systemd/netif", 0) for name in network), *fallback]
    if not told:
        found.append(Source(Why("the distribution's servers"), Why("built in"), 1, "", 0))
    elif not found and not network_known:
        why = Why("no server is set; the network may tell one when it is up")
        found.append(Source("", "network", None, "", 0, why))
    return found


def _server(name: str, path: str, line: int) -> Source:
    own = _own(name)
    return Source(name, "server", int(not own), path, line, Why("the machine itself") if own else "")


def ntpd(files: Files, path: str, depth: int = 0) -> Iterator[Source]:
    """Yield the sources of ntpd (ntp.org, NTPsec): ``server``, ``pool``, ``peer``, ``refclock``, in each file of it.

    Args:
        files: Reads files of the machine.
        path: The configuration.
        depth: How many files include it.
    """
    if depth > _DEPTH:
        return
    for number, words in _lines(files, path, "#"):
        words = [word for word in " ".join(words).partition("#")[0].split() if word not in ("-4", "-6")]
        if not words:
            continue
        word, rest = words[0].lower(), words[1:]
        if word in ("server", "pool", "peer") and rest:
            yield _ntp_source(word, rest, path, number)
        elif word == "refclock" and rest:
            local = rest[0].lower() == "local"
            usable = 0 if local or "noselect" in rest else 1
            yield Source(
                rest[0], "clock", usable, path, number, "" if usable else Why("the machine's own clock, or noselect")
            )
        elif word in ("broadcastclient", "multicastclient", "manycastclient"):
            yield Source(word, "network", None, path, number, Why("takes what the network sends"))
        elif word == "disable" and "ntp" in (option.lower() for option in rest):
            yield Source("", "clock", 0, path, number, Why("disable ntp: it does not set the clock"))
        elif word == "includefile" and rest:
            for file in files.listed(rest[0].strip('"')):
                yield from ntpd(files, file, depth + 1)


def _ntp_source(kind: str, rest: List[str], path: str, number: int) -> Source:
    if rest[0].startswith("127.127.1."):
        return Source(rest[0], "clock", 0, path, number, Why("the machine's own clock"))
    if rest[0].startswith("127.127."):
        return Source(rest[0], "clock", 1, path, number)
    if "noselect" in (option.lower() for option in rest[1:]):
        return Source(rest[0], kind, 0, path, number, "noselect")
    own = _own(rest[0])
    return Source(rest[0], kind, int(not own), path, number, Why("the machine itself") if own else "")


def openntpd(files: Files, path: str) -> Iterator[Source]:
    """Yield the sources of OpenNTPD: ``server``, ``servers``, ``sensor``.

    Args:
        files: Reads files of the machine.
        path: The configuration.
    """
    for number, words in _lines(files, path, "#"):
        if words[0] in ("server", "servers") and len(words) > 1:
            kind = "pool" if words[0] == "servers" else "server"
            yield _server(words[1].strip('"'), path, number)._replace(kind=kind)
        elif words[0] == "sensor" and len(words) > 1:
            yield Source(words[1], "clock", 1, path, number)


def ntpd_rs(files: Files, path: str) -> Iterator[Source]:
    """Yield the sources of ntpd-rs: tables called ``[[source]]`` with an address or a path.

    Args:
        files: Reads files of the machine.
        path: The configuration.
    """
    number, inside, text = 0, False, files.text(path) or ""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line.startswith("["):
            inside = re.sub(r"\s|#.*", "", line) == "[[source]]"
            continue
        found = re.match(r"(address|path)\s*=\s*[\"']([^\"']+)", line)
        if inside and found:
            yield _server(found.group(2), path, number)
