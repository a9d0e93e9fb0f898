"""Lint: what can be said of a check's SQL without a machine.

Every statement is compiled against the tables of its platform, on SQLite as old as osquery's: unknown tables, columns
and functions, newer syntax, statements that write, required columns that nothing constrains, and answers that lack
``item``, ``observed``, ``expected`` or ``ok`` are mistakes. So is a platform block without a passing, a failing and an
empty-source case, and a requirement that its framework's file does not list.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from rempart_agent.engines.sql import given_rows, schema
from rempart_agent.engines.sql.database import Database
from rempart_agent.quality import case
from rempart_agent.quality.lint_sentences import lint_sentences
from rempart_core.content.casefile import find_orphans
from rempart_core.error import ContentError, Mistake
from rempart_core.model.check import Check
from rempart_core.model.framework import Framework, find_unknown
from rempart_core.model.parameter import Value, bind
from rempart_core.model.selection import Selected
from rempart_core.model.verdict import NEEDED
from rempart_core.suggestion import show, suggest

SCOPE_REQUIRED = True
"""Whether each check that comes with Rempart has to say what it does not examine."""

_JUDGED = {"query", "cross_check", "fallback"}


def lint(checks: Sequence[Check], directories: Sequence[str]) -> list[Mistake]:
    """Return the mistakes in checks and their cases; the files' form was held by the reader already."""
    frameworks, mistakes = _read_frameworks(directories)
    databases: dict[str, Database] = {}
    for check in checks:
        file = file_of(check, directories)
        mistakes += [Mistake(file, 0, 0, message) for message in _statements(check, databases)]
        mistakes += [Mistake(file, 0, 0, message) for message in _controls(check, frameworks)]
        mistakes += [Mistake(file, 0, 0, message) for message in (*_scope(check, file), *_text_matches(check, file))]
        mistakes += _cases(check, file)
    for directory in directories:
        mistakes += [Mistake(path, 0, 0, "these cases lie beside no check") for path in find_orphans(directory)]
    return mistakes


def _read_frameworks(directories: Sequence[str]) -> tuple[dict[str, Framework], list[Mistake]]:
    """Return the frameworks of the directories and those that come with Rempart; none where a file holds mistakes."""
    from rempart_core.content.frameworkfile import read_frameworks
    from rempart_core.content.place import content_root

    ours = os.path.join(content_root(), "checks")
    others = [directory for directory in directories if os.path.realpath(directory) != os.path.realpath(ours)]
    try:
        return read_frameworks([ours, *others]), []
    except ContentError as error:
        return {}, error.mistakes


def _controls(check: Check, frameworks: dict[str, Framework]) -> Iterable[str]:
    for name, requirement in find_unknown(check, frameworks) if frameworks else ():
        if not requirement:
            yield f"controls: no framework {show(name)} is there{suggest(name, frameworks)}"
        else:
            known = frameworks[name].requirements
            yield f"controls.{name}: has no requirement {show(requirement)}{suggest(requirement, known)}"


# What looked at text where the subsystem evaluates, and passed where the machine was open: a model is asked now.
_REPLACED = {
    r"\bfinal_verdict\b": "final_verdict: ask rempart_firewall_reach, which follows a packet",
    r"\bcoalesce\s*\(\s*(?:\w+\.)?answer\s*,": "coalesce around an answer: unknown has to stay unknown",
    r"\banswer\s+IS\s+NOT\s+1\b": "answer IS NOT 1: unknown would pass; write answer = 0",
}


def _text_matches(check: Check, file: str) -> Iterable[str]:
    """Refuse in our own checks what a model decides better; a fallback, which sees a part, may look at text."""
    import re

    if not _is_ours(file):
        return
    block = check.platforms.get("linux")
    for pattern, told in _REPLACED.items():
        if block is not None and re.search(pattern, block.query, re.IGNORECASE):
            yield f"linux.query: {told}"


def _is_ours(file: str) -> bool:
    from rempart_core.content.place import content_root

    return os.path.realpath(file).startswith(os.path.join(os.path.realpath(content_root()), "checks") + os.sep)


def _scope(check: Check, file: str) -> Iterable[str]:
    """Demand of our own checks that they say what they do not examine; other people's may."""
    if SCOPE_REQUIRED and _is_ours(file) and not check.not_examined and not check.complete.en:
        yield f"{check.id} does not say what it leaves out: write not_examined, or complete with the reason"


def file_of(check: Check, directories: Sequence[str]) -> str:
    """Return where a check's file lies, given the folders that checks were read from."""
    tail = f"{check.area}/{os.path.basename(check.path)}"
    for directory in directories:
        if os.path.isfile(f"{directory}/{tail}"):
            return f"{directory}/{tail}"
    return check.path


def _statements(check: Check, databases: dict[str, Database]) -> Iterable[str]:
    declared = check.parameters.values()
    empty: dict[str, Value] = {p.name: [] if p.type in {"list", "rows"} else p.default for p in declared}
    default: dict[str, Value] = {p.name: p.default for p in declared}
    for platform, block in check.platforms.items():
        if platform not in databases:
            databases[platform] = Database(given_rows.CaseReader(platform, {}, live=True))
        for name, sql in block.statements():
            where = f"{platform}.{name}"
            for values in [default, empty] if empty != default else [default]:
                found = list(_compile(databases[platform], bind(sql, check.parameters, values), name))
                yield from (f"{where}: {message}" for message in found)
                if found:
                    break


def _compile(database: Database, sql: str, name: str) -> Iterable[str]:
    columns, plan, uses, failure = database.explain(sql)
    if failure is not None:
        yield failure.message
        return
    for table in sorted({table for table, _ in uses}):
        if table == "augeas":
            yield "augeas answers nothing for files that it can't parse: use rempart_ini, rempart_fields, rempart_pam …"
    for table in plan:
        yield f"table {table} is asked without its required column: constrain {_required(table)} with =, IN or LIKE"
    lacking = [column for column in NEEDED if column not in columns]
    if name in _JUDGED and lacking:
        yield f"the answer has no column {', '.join(lacking)}"


def _required(table: str) -> str:
    for platform in ("linux", "darwin", "windows"):
        if table in set(schema.names(platform)):
            return " or ".join(c.name for c in schema.columns(table, platform) if c.required)
    return "it"


def _cases(check: Check, file: str) -> Iterable[Mistake]:
    from rempart_core.content.casefile import find_gaps, locate_cases, read_cases

    path = locate_cases(file)
    if not os.path.isfile(path):
        message = f"{check.id} has no cases: write at least one that passes, one that fails and one of no rows"
        yield Mistake(path, 0, 0, message)
        return
    try:
        cases = read_cases(path, check)
    except ContentError as error:
        yield from error.mistakes
        return
    for gap in find_gaps(check, cases):
        yield Mistake(path, 0, 0, f"{check.id} on {gap}")
    for one in cases:
        for unknown in case.unknown_columns(one.platform, one.tables):
            yield Mistake(path, one.line, 0, f"case {one.name!r}: {one.platform} has no {unknown}")
    yield from lint_sentences(check, file, cases)


def run_cases(check: Check, path: str, only: str = "") -> Iterable[tuple[str, str]]:
    """Run a check's cases.

    Args:
        check: The check.
        path: Its case file.
        only: A part of the names of the cases to run; ``""`` runs all.

    Yields:
        Each case's name, and what is wrong with its outcome: ``""`` where it came out as expected.
    """
    from rempart_core.content.casefile import read_cases

    for one in read_cases(path, check):
        if only not in one.name:
            continue
        selected = Selected(check, check.severity, one.parameters)
        result = case.judge(selected, one.platform, one.tables, live=one.live, privileged=one.privileged)
        yield one.name, "; ".join(_differences(one, result))


def _differences(one: Any, result: Any) -> Iterable[str]:
    if result.state is not one.expect:
        yield f"expected {one.expect.value}, came out {result.state.value}: {result.reason.en}"
    rows = result.evidence.rows if result.evidence else []
    for what, ok in (("failing", "0"), ("passing", "1")):
        wanted = getattr(one, what)
        items = sorted(row.get("item", "") for row in rows if row.get("ok") == ok)
        if wanted is not None and sorted(wanted) != items:
            yield f"{what} items are {items}, expected {sorted(wanted)}"
    if one.reason and one.reason not in result.reason.en:
        yield f"the reason is {result.reason.en!r}, expected it to hold {one.reason!r}"
    if one.incomplete is not None and result.incomplete != one.incomplete:
        yield f"incomplete is {result.incomplete}"
