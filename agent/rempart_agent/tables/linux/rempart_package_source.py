"""Table rempart_package_source: where packages come from, how far that is trusted, and what was fetched of it.

Sources: apt's configuration, sources and lists, wherever ``Dir::Etc`` and ``Dir::State::lists`` say that they lie; the
repositories of dnf, yum and zypper with dnf5's overrides, and their caches. One row for each list that apt wants (type,
URI, suite, component, architecture), and for each repository.

``trusted`` is 1 where packages have to be signed, 0 where something says that they need not be, unset where that is not
known; ``weak`` is 1 where weak hashes or a signature that went missing are taken, or where the server's certificate is
not verified. ``list_state`` is ``complete`` where the list is the one that the Release file (``repomd.xml``) names, by
size and digest; ``absent``, ``foreign`` (no list of this architecture or component), ``damaged`` (emptied, cut,
changed); unset where that is not known, or for a source that is turned off or of source code. ``security = 1`` asks for
archives of security updates alone.
"""

from typing import Any, Dict, Iterator, List, Mapping, Optional

from rempart_agent.models.apt import lists
from rempart_agent.readers.packages import apt_list, apt_settings, apt_state, package_source, repository
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_apt_sources

OFFLINE = "full"
COLUMNS = (
    Column("manager", TEXT, argument=True),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("name", TEXT, command=True),
    Column("type", TEXT),
    Column("uri", TEXT, command=True),
    Column("suite", TEXT),
    Column("component", TEXT),
    Column("architecture", TEXT),
    Column("enabled", INTEGER),
    Column("trusted", INTEGER),
    Column("weak", INTEGER),
    Column("security", INTEGER, argument=True),
    Column("codename", TEXT),
    Column("origin", TEXT),
    Column("label", TEXT),
    Column("release_suite", TEXT),
    Column("fetched_at", BIGINT, costly=True, alone=True),
    Column("list_state", TEXT, costly=True, alone=True),
    Column("path", TEXT, costly=True, alone=True),
    Column("why", TEXT),
    Column("list_why", TEXT, costly=True, alone=True),
)
_COSTLY = frozenset(column.name for column in COLUMNS if column.costly)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each list and repository.

    Raises:
        Malformed: a file of the configuration can't be understood.
        Denied: one may not be read.
    """
    asked = query.equal("manager")
    security_only = query.equal("security") == ["1"]
    if asked is None or "apt" in asked:
        yield from _apt(target, query, security_only)
    if asked is None or set(asked) & {repository.DNF, repository.ZYPPER}:
        deep = not _COSTLY.isdisjoint(query.columns)
        for row in package_source.rpm(target, deep=deep):
            if not security_only:
                yield row


def _apt(target: Target, query: Query, security_only: bool) -> Iterator[Row]:
    values = apt_settings.values(target)
    sources = list(rempart_apt_sources.rows(target, query))
    if not sources:
        return
    native, foreign = apt_state.architectures(target, values)
    kept = target.shared("apt lists", lambda: apt_state.Lists(target, values))
    deep = not _COSTLY.isdisjoint(query.columns)
    for source in sources:
        trust = lists.trust(source, values)
        row: Dict[str, Any] = {
            "manager": "apt",
            "name": "{} {} {}".format(source["type"], source["uri"], source["suite"]),
            **{key: source[key] for key in ("source", "line", "type", "uri", "suite", "enabled")},
            "trusted": trust.trusted,
            "weak": trust.weak,
            "why": trust.why,
            "component": "",
        }
        found = lists.wanted(source, native, foreign) if source["type"] == "deb" and source["enabled"] else []
        if not found:
            row["security"] = _security(source, {})
            if row["security"] or not security_only:
                yield row
        for wanted in [*found, *_for_all(found, kept)]:
            about = kept.about(wanted.archive)
            row["security"] = _security(source, about)
            if security_only and not row["security"]:
                continue
            state = kept.state(wanted) if deep else None
            yield {**row, **_described(wanted, about, state, native)}


def _for_all(found: List[lists.Wanted], kept: apt_state.Lists) -> Iterator[lists.Wanted]:
    """Yield the lists of packages for all architectures, where an archive keeps them apart."""
    for archive, component in {(w.archive, w.component): None for w in found if w.component}:
        about = kept.about(archive)
        if "all" in about.get("architectures", "").split() and "no-support-for-architecture-all" not in about:
            key = "{}/binary-all/Packages".format(component)
            yield lists.Wanted(archive, key, archive + lists.file_name(key), component, "all")


def _described(
    wanted: lists.Wanted, about: Mapping[str, str], state: Optional[apt_state.State], native: str
) -> Dict[str, Any]:
    row: Dict[str, Any] = {
        "component": wanted.component,
        "architecture": wanted.architecture or native,
        "codename": about.get("codename", ""),
        "origin": about.get("origin", ""),
        "label": about.get("label", ""),
        "release_suite": about.get("suite", ""),
    }
    if state:
        row.update(fetched_at=state.changed_at, list_state=state.state or None, path=state.path, list_why=state.why)
    return row


def _security(source: Mapping[str, object], about: Mapping[str, str]) -> int:
    names: List[str] = [about.get("label", ""), about.get("suite", str(source["suite"])), about.get("codename", "")]
    return int(apt_list.is_security(*names))
