"""Table rempart_updates: installed packages of which a newer version is known, on systems of dpkg and of rpm.

Sources: dpkg's status × apt's lists (``dpkg_update``); rpm's database × the metadata that dnf or zypper has fetched of
the enabled repositories (``rpm_update``). Nothing is downloaded, so the answer is as old as ``lists_at``.

``security`` is 1 for a security update; the row then names the newest version that is one, though a newer one may be
there that is none. ``WHERE security = 1`` reads only what tells of security. It is 0 for other updates, and unset where
nobody says which they are (CentOS has no updateinfo). ``installed_at`` is when the version in place was installed,
``issued_at`` when the first advisory was issued that names a newer one, both in seconds since 1970; ``first_seen`` is
left for the history of runs to say. ``complete`` is 1 where the lists or metadata that were compared with are whole
(``rempart_package_source``), 0 where one is emptied, cut, of something else or missing, unset where that is not known:
more may be pending then.

A system can have packages of both kinds. What is foreign to it (``package_manager``) and has no archive or repository
at all is left out here, as a package is that no archive has: nobody offers it anything. ``WHERE manager = 'rpm'`` asks
for one kind alone.
"""

from typing import Dict, Iterator, List, Optional

from rempart_agent.readers.packages import dpkg_update, package_manager, rpm_package
from rempart_agent.readers.packages.update import DPKG, RPM, Update
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Constraint, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT),
    Column("arch", TEXT),
    Column("installed_version", TEXT, collate="version_dpkg"),
    Column("candidate_version", TEXT, collate="version_dpkg"),
    Column("origin", TEXT),
    Column("label", TEXT),
    Column("suite", TEXT),
    Column("codename", TEXT),
    Column("component", TEXT),
    Column("security", INTEGER, argument=True),
    Column("advisory", TEXT),
    Column("severity", TEXT),
    Column("source_package", TEXT),
    Column("installed_at", BIGINT),
    Column("first_seen", BIGINT),
    Column("lists_at", BIGINT),
    Column("issued_at", BIGINT),
    Column("manager", TEXT, argument=True),
    Column("complete", INTEGER, costly=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each installed package with a newer version.

    Raises:
        Missing: there is no package database, or no list or metadata that say what is pending.
        Malformed: a database, lists or metadata can't be understood.
        Unfit: metadata can't be unpacked here.
    """
    security_only = query.equal("security") == ["1"]
    complete: Dict[str, Optional[int]] = {}
    for update in _updates(target, query.equal("manager"), security_only):
        row = update.row()
        if "complete" in query.columns:
            if update.manager not in complete:
                complete[update.manager] = _complete(target, update.manager, security_only)
            row["complete"] = complete[update.manager]
        yield row


def _complete(target: Target, manager: str, security_only: bool) -> Optional[int]:
    from rempart_agent.tables.linux import rempart_package_source

    constraints = [Constraint("manager", "=", ("apt",) if manager == DPKG else ("dnf", "zypper"))]
    constraints += [Constraint("security", "=", ("1",))] if security_only and manager == DPKG else []
    asked = Query(frozenset(["list_state"]), tuple(constraints))
    states = [
        row.get("list_state")
        for row in rempart_package_source.rows(target, asked)
        if row["enabled"] and row["type"] in ("deb", "rpm")
    ]
    if not states:
        return None
    return 1 if set(states) == {"complete"} else None if set(states) <= {"complete", None} else 0


def _updates(target: Target, asked: Optional[List[str]], security_only: bool) -> Iterator[Update]:
    """Yield the pending updates of the managers that are asked for, else of all that the system has."""
    wanted = [manager for manager in (DPKG, RPM) if asked is None or manager in asked]
    dpkg = _dpkg_packages(target) if DPKG in wanted else None
    rpm = rpm_package.installed(target) if RPM in wanted else {}
    if wanted and dpkg is None and not rpm:
        raise Missing("neither /var/lib/dpkg/status nor an rpm database with packages does exist")
    first = package_manager.native(target, len(dpkg or ()), len(rpm)) if dpkg and rpm else ""
    if (dpkg or (dpkg is not None and not rpm)) and (first != RPM or dpkg_update.has_sources(target)):
        yield from dpkg_update.updates(target, dpkg, security_only)
    if rpm:
        from rempart_agent.readers.packages import rpm_update

        if first != DPKG or rpm_update.has_sources(target):
            yield from rpm_update.updates(target, rpm, security_only)


def _dpkg_packages(target: Target) -> Optional[dpkg_update.Packages]:
    try:
        return dpkg_update.installed(target)
    except Missing:
        return None
