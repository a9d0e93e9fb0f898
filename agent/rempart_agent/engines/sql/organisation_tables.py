"""The tables of an organisation: one for each register, and three of what machines and incidents show.

The latter are ``org_live`` (the last result of each check on each host), ``org_hosts`` (when each host answered last)
and ``org_incidents``. Results grow old, so a statement has to say how old the newest may be: the hidden column
``max_age_d`` of the first two is required. Where there are none, or all are older, the read fails as ``not_kept``.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from rempart_agent.engines.sql.virtual_table import ReadError
from rempart_agent.source.contract import INTEGER, TEXT, Column, Row
from rempart_agent.tables.read import Answer, Request, UnknownTable
from rempart_core.messages.message import Message
from rempart_core.model.result import Failure

PREFIX = "org_"
AGED = ("org_live", "org_hosts")
"""The tables whose rows are results of machines, which grow old."""
LIVE = (*AGED, "org_incidents")
"""The tables that are no registers."""
HEADS = "org_registers"
"""The table of the registers themselves."""
MAX_AGE = "max_age_d"

_SEEN = (
    Column("seen"),
    Column("age_days", INTEGER),
    Column(MAX_AGE, INTEGER, argument=True, required=True, hidden=True),
)
_OWN: dict[str, tuple[Column, ...]] = {
    "org_live": (
        *(Column(name) for name in ("host", "check_id", "state", "severity", "since")),
        Column("waived", INTEGER),
        *_SEEN,
    ),
    "org_hosts": (*(Column(name) for name in ("host", "platform", "system", "criticality")), *_SEEN),
    "org_incidents": (
        *(Column(name) for name in ("id", "host", "title", "state", "aware")),
        Column("aware_epoch", INTEGER),
        *(Column(name) for name in ("opened", "closed", "notified", "no_notification", "informed", "not_informing")),
        Column("people_count", INTEGER),
        Column("records"),
        Column("trouble"),
        Column("trouble_value"),
    ),
    HEADS: (
        *(Column(name) for name in ("name", "state", "as_of", "by")),
        Column("age_days", INTEGER),
        Column("entries", INTEGER),
        Column("trouble"),
    ),
}


def names() -> list[str]:
    """Return the names of the tables."""
    from rempart_core.registers.catalogue import CONTRACTS

    return sorted([*_OWN, *(f"{PREFIX}{name}" for name in CONTRACTS)])


@cache
def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a table.

    Raises:
        UnknownTable: there is none of that name.
    """
    if table in _OWN:
        return _OWN[table]
    from rempart_core.registers.catalogue import CONTRACTS

    contract = CONTRACTS.get(table.removeprefix(PREFIX)) if table.startswith(PREFIX) else None
    if contract is None:
        raise UnknownTable(table)
    return tuple(Column(name, INTEGER if kind == INTEGER else TEXT) for name, kind in contract.sql_columns)


def has_trouble(table: str) -> bool:
    """Tell whether rows of a table may say that they can't be believed."""
    return table not in AGED and any(column.name == "trouble" for column in columns(table))


def is_about_people(table: str) -> bool:
    """Tell whether rows of a table are about one person each, who has none where nothing was done."""
    from rempart_core.registers.catalogue import CONTRACTS

    contract = CONTRACTS.get(table.removeprefix(PREFIX))
    return contract is not None and contract.name != "people" and bool(contract.subject)


def may_be_empty(table: str) -> bool:
    """Tell whether no rows are an answer."""
    from rempart_core.registers.catalogue import CONTRACTS

    contract = CONTRACTS.get(table.removeprefix(PREFIX))
    return table == "org_incidents" or (contract is not None and contract.may_be_empty)


def answer(request: Request, rows: Sequence[Row]) -> Answer:
    """Answer a read with the rows that there are.

    Args:
        request: The read.
        rows: All rows of its table.

    Raises:
        ReadError: They are results of machines, and there are none or the newest is too old.
    """
    if request.table not in AGED:
        return Answer(rows)
    most = _most_days(request)
    failure = Failure.of("not_kept", Message("organisation.no_live"))
    if not rows:
        raise ReadError(failure)
    newest = min((_days(row) for row in rows), default=0)
    failure = Failure.of("not_kept", Message("organisation.stale_live", days=newest, most=most))
    if newest > most:
        raise ReadError(failure)
    return Answer([{**row, MAX_AGE: most} for row in rows])


def _most_days(request: Request) -> int:
    values: Iterable[str] = (
        value for one in request.constraints if one.column == MAX_AGE and one.op == "=" for value in one.values
    )
    return min((int(value) for value in values if value.isdecimal()), default=0)


def _days(row: Row) -> int:
    """Return how old a row is; one that does not say it is older than any."""
    value = row.get("age_days")
    return int(value) if value is not None and str(value).isdecimal() else 10**6
