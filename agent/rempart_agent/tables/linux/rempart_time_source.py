"""Table rempart_time_source: from where the time services of a machine take the time.

One row for each source of each service that is set up by a file, and one that says so where a service has none. That
a source answers is not known from files. Sources: chrony.conf(5), timesyncd.conf(5), ntp.conf(5) of ntp.org and
NTPsec, ntpd.conf(5) of OpenNTPD, ntp.toml(5) of ntpd-rs; the options of their units.
"""

import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.models.time_source import Files, Source
from rempart_agent.models.unit.load import LOADED, Unit
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    INTEGER,
    TEXT,
    Column,
    Missing,
    Query,
    Row,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("unit", TEXT, argument=True),
    Column("client", TEXT),
    Column("source", TEXT),
    Column("kind", TEXT),
    Column("usable", INTEGER),
    Column("path", TEXT),
    Column("line", INTEGER),
    Column("why", TEXT),
)


class Client(NamedTuple):
    """One kind of time service.

    Attributes:
        name: What it is called here.
        programs: What its unit starts.
        files: Its settings: on Debian, elsewhere.
        option: The letter of the option that names others.
    """

    name: str
    programs: Tuple[str, ...]
    files: Tuple[str, str] = ("", "")
    option: str = ""


CHRONY = Client(
    "chrony", ("chronyd", "chronyd-starter.sh"), ("/etc/chrony/chrony.conf", "/etc/chrony.conf"), option="f"
)
_NTPD = Client("ntpd", ("ntpd", "ntp-systemd-wrapper"), ("/etc/ntpsec/ntp.conf", "/etc/ntp.conf"), option="c")
_OPENNTPD = Client("openntpd", ("ntpd",), ("/etc/openntpd/ntpd.conf", "/etc/ntpd.conf"), option="f")
_TIMESYNCD = Client("timesyncd", ("systemd-timesyncd",))
_NTPD_RS = Client("ntpd-rs", ("ntp-daemon",), ("/etc/ntpd-rs/ntp.toml", "/etc/ntpd-rs/ntp.toml"), option="c")
_UNITS = {
    "chronyd.service": CHRONY,
    "chrony.service": CHRONY,
    "systemd-timesyncd.service": _TIMESYNCD,
    "ntpd.service": _NTPD,
    "ntp.service": _NTPD,
    "ntpsec.service": _NTPD,
    "ntpd-rs.service": _NTPD_RS,
    "openntpd.service": _OPENNTPD,
}
_TIMESYNCD_FOLDERS = ("/etc", "/run", "/usr/local/lib", "/usr/lib")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each source of each time service that has a unit."""
    from rempart_agent.readers.files import unit

    units = unit.units(target)
    wanted = {value for c in query.constraints if c.column == "unit" and c.op == "=" for value in c.values}
    for name in sorted(wanted & set(_UNITS) if wanted else _UNITS):
        found = units.load(name)
        if found.load == LOADED:
            client = _UNITS[name]
            for source in _sources(target, found, client):
                row = {"unit": name, "client": client.name, "source": source.name, "kind": source.kind}
                yield {**row, "usable": source.usable, "path": source.path, "line": source.line, "why": source.why}


def _sources(target: Target, unit: Unit, client: Client) -> List[Source]:
    from rempart_agent.models.unit import command
    from rempart_agent.readers.files.unit_environment import arguments

    lines = command.commands(unit.settings, "ExecStart", unit.called)
    program = lines[0].program if lines else ""
    if program.rpartition("/")[2] not in client.programs:
        return [Source("", "", None, unit.path, 0, Why("its unit starts {program}", program=program or "nothing"))]
    words = arguments(target, unit, lines[0].text)
    if client is CHRONY and any(re.match(r"-[46dnRPqQ]*[xqQ]", word) for word in words):
        return [Source("", "", 0, unit.path, 0, Why("it is started so that it does not keep the clock (-x, -q, -Q)"))]
    found = _of_client(target, client, words)
    return found or [Source("", "", 0, "", 0, Why("no source is set"))]


def _of_client(target: Target, client: Client, words: List[str]) -> List[Source]:
    from rempart_agent.models import time_source

    if client is _TIMESYNCD:
        return _timesyncd(target)
    files, path = settings_of(target, client, words)
    if not path.startswith("command line") and _text(target, path) is None:
        return [Source("", "", 0, path, 0, Why("its settings are not there: {path}", path=path))]
    if client is CHRONY:
        return list(time_source.chrony(files, path))
    if client is _NTPD and not _told(words, client.option) and path == "/etc/ntpd.conf":
        return list(time_source.openntpd(files, path))
    if client is _NTPD:
        more = _listed(target, path.rpartition("/")[0] + "/ntp.d/*.conf")
        return [source for file in [path, *more] for source in time_source.ntpd(files, file)]
    return list((time_source.openntpd if client is _OPENNTPD else time_source.ntpd_rs)(files, path))


def settings_of(target: Target, client: Client, words: List[str]) -> Tuple[Files, str]:
    """Return how the settings of a client are read, and where they begin.

    Args:
        target: What is looked at.
        client: The client.
        words: The command line of its unit.
    """
    files = Files(lambda path: _text(target, path), lambda pattern: _listed(target, pattern))
    given = [word for word in words if " " in word] if client is CHRONY else []
    if given:  # given on the command line, they stand in the place of the file
        return Files(lambda _: "\n".join(given), files.listed), "command line"
    return files, _told(words, client.option) or _default(target, client)


def _told(words: List[str], option: str) -> str:
    for at, word in enumerate(words):
        if word == "-" + option and at + 1 < len(words):
            return words[at + 1]
        if word.startswith("-" + option) and len(word) > len(option) + 1:
            return word[len(option) + 1 :]
    return ""


def _default(target: Target, client: Client) -> str:
    debian, other = client.files
    if client is _NTPD:
        return next((path for path in (debian, other, "/etc/ntpd.conf") if target.exists(path)), other)
    return debian if target.exists("/var/lib/dpkg/status") else other


def _text(target: Target, path: str) -> Optional[str]:
    try:
        return target.text(path)
    except Missing:
        return None


def _listed(target: Target, pattern: str) -> List[str]:
    return target.glob(pattern) if pattern.startswith("/") else []


def _timesyncd(target: Target) -> List[Source]:
    from rempart_agent.models.time_source import timesyncd
    from rempart_agent.models.unit.files import dropins
    from rempart_agent.models.unit.syntax import Broken, assignments
    from rempart_agent.readers.files.unit import TargetFiles

    files = TargetFiles(target)
    places = [folder + "/systemd/timesyncd.conf" for folder in _TIMESYNCD_FOLDERS]
    main = next((path for path in places if target.exists(path)), "")
    found: List[Tuple[str, str, str, int]] = []
    for path in [*([main] if main else []), *dropins(files, [place + ".d" for place in places], ".conf")]:
        text = _text(target, path)
        try:
            found += [
                (setting.key, setting.value, path, setting.line)
                for setting in assignments(text or "")
                if setting.section == "Time"
            ]
        except Broken:
            return [Source("", "", None, path, 0, Why("can't be read as systemd reads it"))]
    network = [] if not target.live else _network(target)
    return timesyncd(found, network, target.live)


def _network(target: Target) -> List[str]:
    """Return the servers that systemd-networkd was told (``NTP=`` of its state files)."""
    found: List[str] = []
    for path in ["/run/systemd/netif/state", *target.glob("/run/systemd/netif/links/*")]:
        for line in (_text(target, path) or "").split("\n"):
            if line.startswith("NTP="):
                found += line[4:].split()
    return list(dict.fromkeys(found))
