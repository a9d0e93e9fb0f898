"""Lint of checks of an organisation: what must not pass in silence is tried on the check's own passing cases.

Of each case that passes, each table is emptied, is not kept, and has a trouble in each of its rows in turn: a check
that still passes looked at nothing, or hides what is unknown. Besides, some cases are compulsory.
"""

import re
from collections.abc import Iterable, Mapping

from rempart_agent.engines.sql import given_rows, organisation_tables
from rempart_agent.engines.sql.database import Database
from rempart_agent.quality import case
from rempart_core.content.casefile import Case, locate_cases, read_cases
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.model.check import ORGANISATION, Check
from rempart_core.model.parameter import bind
from rempart_core.model.result import Failure, State
from rempart_core.model.selection import Selected
from rempart_core.suggestion import quoted

_ROWS = 40
"""Rows of one table that get a trouble in turn."""
_INNER = re.compile(r"(?<!left )(?<!left outer )\bjoin\s+org_people\b", re.IGNORECASE)
_FUTURE = "future_date"


def lint_organisation(check: Check, file: str) -> Iterable[Mistake]:
    """Yield what would let a check of an organisation pass in silence.

    Args:
        check: The check; it has a block for organisations.
        file: Where it lies.
    """
    tables = find_tables(check)
    for message in _over_people(check, tables):
        yield Mistake(file, 0, 0, message)
    path = locate_cases(file)
    try:
        cases = [one for one in read_cases(path, check) if one.platform == ORGANISATION]
    except (ContentError, OSError):
        return  # told already
    for message in _gaps(cases, tables):
        yield Mistake(path, 0, 0, message)
    with case.CaseJudge() as judged:
        for one in cases:
            if one.expect is State.PASS:
                for message in dict.fromkeys(_silent(judged, check, one, tables)):
                    told = Message("lint.case", name=quoted(one.name), text=message)
                    yield Mistake(path, one.line, 0, told)


def find_tables(check: Check) -> list[str]:
    """Return the tables that a check's statements for organisations read, by name; those that compile."""
    database = Database(given_rows.CaseReader(ORGANISATION, {}, live=True))
    values = {one.name: one.default for one in check.parameters.values()}
    tables: set[str] = set()
    for _, sql in check.platforms[ORGANISATION].statements():
        _, _, uses, _ = database.explain(bind(sql, check.parameters, values))
        tables |= {table for table, _ in uses}
    database.close()
    return sorted(tables)


def _over_people(check: Check, tables: list[str]) -> Iterable[Message]:
    about = [one for one in tables if organisation_tables.is_about_people(one)]
    if about and "org_people" not in tables:
        yield Message("lint.no_roster", platform=ORGANISATION, table=about[0])
    if any(_INNER.search(" ".join(sql.split())) for _, sql in check.platforms[ORGANISATION].statements()):
        yield Message("lint.inner_roster", platform=ORGANISATION)


def _gaps(cases: list[Case], tables: list[str]) -> Iterable[Message]:
    def has(state: State, trouble: str) -> bool:
        return any(one.expect is state and any(_troubles(one, trouble)) for one in cases)

    if not any(one.expect is State.NOT_CHECKED and _not_kept(one) for one in cases):
        yield Message("lint.no_case_of", what=Message("lint.what_not_kept"))
    if not has(State.ERROR, _FUTURE):
        yield Message("lint.no_case_of", what=Message("lint.what_future"))
    proven = any(column.name == "proof" for table in tables for column in organisation_tables.columns(table))
    if proven and not has(State.ERROR, "evidence_"):
        yield Message("lint.no_case_of", what=Message("lint.what_evidence"))
    elif not proven and not any(
        one.expect is State.ERROR and any(not told.startswith(_FUTURE) for told in _troubles(one, "")) for one in cases
    ):
        yield Message("lint.no_case_of", what=Message("lint.what_trouble"))


def _troubles(one: Case, beginning: str) -> Iterable[str]:
    for rows in one.tables.values():
        for row in () if isinstance(rows, Failure) else rows:
            told = str(row.get("trouble") or "")
            if told and told.startswith(beginning):
                yield told


def _not_kept(one: Case) -> bool:
    return any(isinstance(rows, Failure) and rows.kind == "not_kept" for rows in one.tables.values())


def _silent(judged: case.CaseJudge, check: Check, one: Case, tables: list[str]) -> Iterable[Message]:
    for table in tables:
        if not organisation_tables.may_be_empty(table) and _passes(judged, check, one, {**one.tables, table: []}):
            yield Message("lint.passes_without", table=table)
        if _passes(judged, check, one, {**one.tables, table: Failure("not_kept", "nobody keeps it")}):
            yield Message("lint.passes_not_kept", table=table)
        rows = one.tables.get(table, [])
        if isinstance(rows, Failure):
            continue
        if table in organisation_tables.AGED and _passes(
            judged, check, one, {**one.tables, table: [{**row, "age_days": 3650} for row in rows]}
        ):
            yield Message("lint.passes_stale", table=table)
        for number in range(min(len(rows), _ROWS)) if organisation_tables.has_trouble(table) else ():
            changed = [{**row, "trouble": "unknown_person"} if at == number else row for at, row in enumerate(rows)]
            if _passes(judged, check, one, {**one.tables, table: changed}):
                yield Message("lint.passes_trouble", row=number + 1, table=table)


def _passes(
    judged: case.CaseJudge, check: Check, one: Case, tables: Mapping[str, list[dict[str, str | int | None]] | Failure]
) -> bool:
    selected = Selected(check, check.severity, one.parameters)
    result = judged.judge(selected, ORGANISATION, tables, live=True, privileged=one.privileged)
    return result.state is State.PASS
