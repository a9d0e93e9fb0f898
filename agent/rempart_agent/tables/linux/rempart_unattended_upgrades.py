"""Table rempart_unattended_upgrades: what unattended-upgrades installs by itself, and from where.

Sources: apt's configuration (``Unattended-Upgrade::…``), sources and Release files, dpkg's database, os-release(5);
evaluated as unattended-upgrades does (:mod:`rempart_agent.models.unattended`).

``kind`` is ``archive`` for each list of a security archive: ``allowed`` is 1 where a pattern takes it, which
``pattern`` names; or ``packages``, one row: ``total`` installed packages, of which ``held`` are left out by the
blacklist or are in no whitelist. Unset with ``why`` where that is not known.
"""

from typing import Any, Dict, Iterator, List

from rempart_agent.models import unattended
from rempart_agent.readers.packages import apt_settings, dpkg
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    INTEGER,
    TEXT,
    Column,
    Constraint,
    Loop,
    Missing,
    Query,
    Row,
)
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_package_source

OFFLINE = "full"
COLUMNS = (
    Column("kind", TEXT),
    Column("name", TEXT, command=True),
    Column("component", TEXT),
    Column("pattern", TEXT),
    Column("allowed", INTEGER),
    Column("total", INTEGER),
    Column("held", INTEGER),
    Column("why", TEXT),
)

MAX_PATTERN = 200  # of one expression: they are matched against each package's name


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows.

    Raises:
        Malformed: apt's configuration or sources can't be understood.
    """
    lists: Dict[str, List[str]] = {}
    for row in apt_settings.read_settings(target):
        name, _, _item = str(row["key"]).lower().rpartition("::")
        if row["effective"] and name.startswith("unattended-upgrade::"):
            lists.setdefault(name.partition("::")[2], []).append(str(row["value"]))
    patterns = lists.get("origins-pattern", []) + unattended.legacy(lists.get("allowed-origins", []))
    names = unattended.names_of(_os_release(target))
    security = Query(frozenset(), (Constraint("manager", "=", ("apt",)), Constraint("security", "=", ("1",))))
    for source in rempart_package_source.rows(target, security):
        if source["type"] == "deb" and source["enabled"]:
            yield _archive(source, patterns, names)
    yield from _packages(target, lists.get("package-blacklist", []), lists.get("package-whitelist", []))


def _archive(source: Row, patterns: List[str], names: Dict[str, str]) -> Dict[str, Any]:
    known = {name: str(source[name]) for name in ("origin", "label", "release_suite", "codename") if source.get(name)}
    archive = {"suite" if name == "release_suite" else name: value for name, value in known.items()}
    archive["component"] = str(source["component"])
    archive["site"] = _site(str(source["uri"]))
    found = unattended.answer(patterns, archive, names)
    return {
        "kind": "archive",
        "name": source["name"],
        "component": source["component"],
        "pattern": found.pattern,
        "allowed": found.allowed,
        "why": found.why,
    }


def _site(uri: str) -> str:
    rest = uri.partition("://")[2]
    return rest.partition("/")[0].rpartition("@")[2].partition(":")[0]


def _packages(target: Target, blacklist: List[str], whitelist: List[str]) -> Iterator[Dict[str, Any]]:
    try:
        packages = {package.name for package in dpkg.installed(target)}
    except Missing:
        return
    row: Dict[str, Any] = {"kind": "packages", "name": " ".join(blacklist), "total": len(packages)}
    if any(len(expression) > MAX_PATTERN for expression in [*blacklist, *whitelist]):
        yield dict(row, why=Why("an expression of more than {max_pattern} characters", max_pattern=MAX_PATTERN))
        return
    answers = [unattended.held(name, blacklist, whitelist) for name in sorted(packages)]
    if None in answers:
        yield dict(row, held=len(packages), why=Why("an expression is none: unattended-upgrades ends with an error"))
    else:
        yield dict(row, held=sum(bool(answer) for answer in answers))


def _os_release(target: Target) -> Dict[str, str]:
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        try:
            text = target.text(path)
        except (Missing, Loop):
            continue
        pairs = (line.partition("=") for line in text.split("\n") if "=" in line and not line.startswith("#"))
        return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
    return {}
