"""Table rempart_apt_sources: where apt takes packages from, with the options that say how far it trusts them.

Source: ``/etc/apt/sources.list``, then ``/etc/apt/sources.list.d/*.list`` and ``*.sources`` in order of name
(sources.list(5)). One row for each type, URI and suite. An entry that is commented out is none; one that is turned off
by ``Enabled: no`` has ``enabled`` 0. ``trusted`` and ``allow_insecure`` are ``yes``, ``no`` or empty where the entry
does not say. ``signed_by`` is ``embedded`` where the key itself stands in the entry. No file: no rows.
"""

import re
from typing import Dict, Iterator

from rempart_agent.tables import apt
from rempart_agent.tables.contract import INTEGER, TEXT, Column, Malformed, Query, Row
from rempart_agent.tables.deb822 import stanzas
from rempart_agent.targets.contract import Target

OFFLINE = "full"
COLUMNS = (
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("format", TEXT),
    Column("type", TEXT),
    Column("uri", TEXT, command=True),
    Column("suite", TEXT),
    Column("components", TEXT),
    Column("enabled", INTEGER),
    Column("trusted", TEXT),
    Column("allow_insecure", TEXT),
    Column("signed_by", TEXT),
)

MAIN = "/etc/apt/sources.list"
PARTS = "/etc/apt/sources.list.d"
MAX_SOURCES = 10_000  # of one stanza: types × URIs × suites

_NAME = re.compile(r"[A-Za-z0-9_:-][A-Za-z0-9_:.-]*\.(?:list|sources)$")
_YES = ("1", "yes", "true", "with", "on", "enable")
_NO = ("0", "no", "false", "without", "off", "disable")
_OPTIONS = re.compile(r"\s*\[([^\]]*)\]")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each type, URI and suite of each entry."""
    paths = [MAIN] if target.exists(MAIN) else []
    for path in [*paths, *apt.part_files(target, PARTS, _NAME)]:
        read = parse_stanzas if path.endswith(".sources") else parse_lines
        for row in read(target.text(path), path):
            row["source"] = path
            yield row


def parse_lines(text: str, path: str = MAIN) -> Iterator[Dict[str, object]]:
    """Parse the format of one line an entry.

    Raises:
        Malformed: an entry without a URI or a suite, at which apt stops too.
    """
    for number, raw in enumerate(text.split("\n"), 1):
        line = _uncommented(raw).strip()
        if not line:
            continue
        kind, _, rest = line.replace("\t", " ").partition(" ")
        options: Dict[str, str] = {}
        found = _OPTIONS.match(rest)
        if found:
            rest = rest[found.end() :]
            for option in found.group(1).split():
                name, _, value = option.partition("=")
                options[name.lower()] = apt.plain(value)
        words = [apt.plain(word) for word in apt.WORD.findall(rest)]
        if len(words) < 2:
            raise Malformed("{}:{}: an entry without a URI and a suite".format(path, number))
        row = {"line": number, "format": "list", "type": kind, "uri": words[0], "suite": words[1]}
        yield {**row, "components": " ".join(words[2:]), **_trust(options)}


def parse_stanzas(text: str, path: str = PARTS) -> Iterator[Dict[str, object]]:
    """Parse the deb822 format.

    Raises:
        Malformed: a stanza without types, URIs or suites, at which apt stops too; or one that multiplies.
    """
    for number, fields in stanzas(text):
        kinds, uris, suites = (fields.get(name, "").split() for name in ("types", "uris", "suites"))
        if not (kinds and uris and suites):
            raise Malformed("{}:{}: a stanza without types, URIs or suites".format(path, number))
        if len(kinds) * len(uris) * len(suites) > MAX_SOURCES:
            raise Malformed("{}:{}: a stanza of more than {} sources".format(path, number, MAX_SOURCES))
        trust = _trust(fields)
        components = " ".join(fields.get("components", "").split())
        for kind in kinds:
            for uri in uris:
                for suite in suites:
                    row = {"line": number, "format": "deb822", "type": kind, "uri": uri, "suite": suite}
                    yield {**row, "components": components, **trust}


def _trust(options: Dict[str, str]) -> Dict[str, object]:
    signed_by = options.get("signed-by", "")
    return {
        "enabled": int(_switch(options.get("enabled", "")) != "no"),
        "trusted": _switch(options.get("trusted", "")),
        "allow_insecure": _switch(options.get("allow-insecure", "")),
        "signed_by": "embedded" if "BEGIN PGP" in signed_by else " ".join(signed_by.split()),
    }


def _switch(value: str) -> str:
    value = value.strip().lower()
    return "yes" if value in _YES else "no" if value in _NO else ""


def _uncommented(line: str) -> str:
    """Return a line up to the first ``#`` that stands in no brackets."""
    at = 0
    while at < len(line) and line[at] != "#":
        end = line.find("]", at) if line[at] == "[" else -1
        at = max(at, end) + 1
    return line[:at]
