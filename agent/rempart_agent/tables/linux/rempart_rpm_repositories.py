"""Table rempart_rpm_repositories: the repositories of dnf, yum and zypper, and what has been fetched of each.

Sources: their configuration (``repository``) and caches (``repository_cache``): what ``rempart_updates`` compares
installed packages with. A repository without a ``source`` is known by its cache alone, on a system where none is
configured.

``fetched_at`` is when the metadata were last known to be current, in seconds since 1970. ``advisories`` is 1 where they
say which updates are security ones; ``of_system`` is 0 where that is said of an add-on's own packages alone (EPEL).
``problem`` says why there is nothing to compare with; disabled repositories are not looked at. A system without any
repository gives no rows.
"""

from typing import Dict, Iterator

from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Unfit, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("id", TEXT),
    Column("name", TEXT),
    Column("manager", TEXT),
    Column("enabled", INTEGER),
    Column("source", TEXT),
    Column("path", TEXT),
    Column("fetched_at", BIGINT),
    Column("advisories", INTEGER),
    Column("of_system", INTEGER),
    Column("problem", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each repository.

    Raises:
        Malformed: a file of the configuration can't be understood.
    """
    from rempart_agent.readers.packages import repository, repository_cache, rpm_update

    configuration = repository.read(target)
    for one in configuration.repositories or repository_cache.cached(target, configuration):
        row: Dict[str, Value] = {
            "id": one.id,
            "name": one.label,
            "manager": one.manager,
            "enabled": int(one.enabled),
            "source": one.source,
            "of_system": int(not rpm_update.is_addon(one.id)),
        }
        if one.enabled:
            try:
                found = repository_cache.look(target, configuration, one)
            except (Missing, Malformed, Unfit) as error:
                row["problem"] = error.why
            else:
                row.update(path=found.folder, fetched_at=found.current_at, advisories=int(found.advisories))
        yield row
