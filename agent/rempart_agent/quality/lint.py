"""Lint: what can be said of a check's SQL without a machine.

Every statement is compiled against the tables of its platform, on SQLite as old as osquery's: unknown tables, columns
and functions, newer syntax, statements that write, required columns that nothing constrains, and answers that lack
``item``, ``observed``, ``expected`` or ``ok`` are mistakes. So is a platform block without a passing, a failing and an
empty-source case, and a requirement that its framework's file does not list.
"""

import os
from collections.abc import Iterable, Sequence

from rempart_agent.engines.sql import given_rows, schema
from rempart_agent.engines.sql.database import Database
from rempart_agent.quality import case
from rempart_agent.quality.lint_answers import ForeignNames, lint_answers
from rempart_agent.quality.lint_organisation import lint_organisation
from rempart_agent.quality.lint_sentences import lint_sentences
from rempart_core.content.casefile import Case, find_orphans
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message, as_is, listed, own
from rempart_core.model.check import BLOCKS, ORGANISATION, Check
from rempart_core.model.framework import Framework, find_unknown
from rempart_core.model.parameter import Value, bind
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected
from rempart_core.model.verdict import NEEDED
from rempart_core.suggestion import quoted, suggestion_of

SCOPE_REQUIRED = True
"""Whether each check that comes with Rempart has to say what it does not examine."""

_JUDGED = {"query", "cross_check", "fallback"}


def lint(checks: Sequence[Check], directories: Sequence[str]) -> list[Mistake]:
    """Return the mistakes in checks and their cases; the files' form was held by the reader already.

    Args:
        checks: The checks.
        directories: The folders that they were read from, with their cases and frameworks.
    """
    frameworks, mistakes = _read_frameworks(directories)
    databases: dict[str, Database] = {}
    names = ForeignNames(_with_ours(directories))
    for check in checks:
        file = file_of(check, directories)
        mistakes += [Mistake(file, 0, 0, message) for message in _statements(check, databases)]
        mistakes += [Mistake(file, 0, 0, message) for message in _controls(check, frameworks)]
        mistakes += [Mistake(file, 0, 0, message) for message in (*_scope(check, file), *_text_matches(check, file))]
        mistakes += _cases(check, file, names)
        if ORGANISATION in check.platforms:
            mistakes += lint_organisation(check, file)
    mistakes += names.mistakes
    for directory in directories:
        mistakes += [Mistake(path, 0, 0, Message("lint.orphan")) for path in find_orphans(directory)]
    return mistakes


def _read_frameworks(directories: Sequence[str]) -> tuple[dict[str, Framework], list[Mistake]]:
    """Return the frameworks of the directories and those that come with Rempart; none where a file holds mistakes."""
    from rempart_core.content.frameworkfile import read_frameworks

    try:
        return read_frameworks(_with_ours(directories)), []
    except ContentError as error:
        return {}, error.mistakes


def _with_ours(directories: Sequence[str]) -> list[str]:
    from rempart_core.content.place import content_root

    ours = os.path.join(content_root(), "checks")
    return [ours, *(one for one in directories if os.path.realpath(one) != os.path.realpath(ours))]


def _controls(check: Check, frameworks: dict[str, Framework]) -> Iterable[Message]:
    for name, requirement in find_unknown(check, frameworks) if frameworks else ():
        if not requirement:
            missing = Message("checks.no_framework", name=quoted(name), hint=suggestion_of(name, frameworks))
            yield Message("text.labelled", label="controls", text=missing)
        else:
            hint = suggestion_of(requirement, frameworks[name].requirements)
            unknown = Message("lint.no_requirement", requirement=quoted(requirement), hint=hint)
            yield Message("text.labelled", label=f"controls.{name}", text=unknown)


# What looked at text where the subsystem evaluates, and passed where the machine was open: a model is asked now.
_REPLACED = {
    r"\bfinal_verdict\b": Message("lint.final_verdict"),
    r"\bcoalesce\s*\(\s*(?:\w+\.)?answer\s*,": Message("lint.coalesce"),
    r"\banswer\s+IS\s+NOT\s+1\b": Message("lint.is_not"),
}


def _text_matches(check: Check, file: str) -> Iterable[Message]:
    """Refuse in our own checks what a model decides better; a fallback, which sees a part, may look at text."""
    import re

    if not _is_ours(file):
        return
    block = check.platforms.get("linux")
    for pattern, told in _REPLACED.items():
        if block is not None and re.search(pattern, block.query, re.IGNORECASE):
            yield Message("text.labelled", label="linux.query", text=told)


def _is_ours(file: str) -> bool:
    from rempart_core.content.place import content_root

    return os.path.realpath(file).startswith(os.path.join(os.path.realpath(content_root()), "checks") + os.sep)


def _scope(check: Check, file: str) -> Iterable[Message]:
    """Demand of our own checks that they say what they do not examine; other people's may."""
    if SCOPE_REQUIRED and _is_ours(file) and not check.not_examined and not check.complete.en:
        yield Message("lint.scope", check=check.id)


def file_of(check: Check, directories: Sequence[str]) -> str:
    """Return where a check's file lies, given the folders that checks were read from.

    Args:
        check: The check.
        directories: The folders, in order; where none has the file, the path that the check names is returned.
    """
    tail = f"{check.area}/{os.path.basename(check.path)}"
    for directory in directories:
        if os.path.isfile(f"{directory}/{tail}"):
            return f"{directory}/{tail}"
    return check.path


def _statements(check: Check, databases: dict[str, Database]) -> Iterable[Message]:
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
                yield from (Message("text.labelled", label=where, text=message) for message in found)
                if found:
                    break


def _compile(database: Database, sql: str, name: str) -> Iterable[Message]:
    columns, plan, uses, failure = database.explain(sql)
    if failure is not None:
        yield failure.said or Message("text.theirs", text=failure.message)
        return
    for table in sorted({table for table, _ in uses}):
        if table == "augeas":
            yield Message("lint.augeas")
    for table in plan:
        yield _unconstrained(table)
    lacking = [column for column in NEEDED if column not in columns]
    if name in _JUDGED and lacking:
        yield Message("lint.no_columns", columns=", ".join(lacking))


def _unconstrained(table: str) -> Message:
    for platform in BLOCKS:
        if table in set(schema.all_names(platform)):
            *others, last = [c.name for c in schema.columns(table, platform) if c.required] or [""]
            columns = Message("lint.either", first=", ".join(others), last=last) if others else as_is(last)
            return Message("lint.unconstrained_by", table=table, columns=columns)
    return Message("lint.unconstrained", table=table)


def _cases(check: Check, file: str, names: ForeignNames) -> Iterable[Mistake]:
    from rempart_core.content.casefile import find_gaps, locate_cases, read_cases

    path = locate_cases(file)
    if not os.path.isfile(path):
        yield Mistake(path, 0, 0, Message("lint.no_cases", check=check.id))
        return
    try:
        cases = read_cases(path, check)
    except ContentError as error:
        yield from error.mistakes
        return
    for gap in find_gaps(check, cases):
        yield Mistake(path, 0, 0, Message("lint.gap", check=check.id, gap=gap))
    for one in cases:
        for unknown in case.unknown_columns(one.platform, one.tables):
            told = Message("lint.not_in_schema", platform=one.platform, name=unknown)
            yield Mistake(path, one.line, 0, Message("lint.case", name=quoted(one.name), text=told))
    yield from lint_sentences(check, file, cases)
    yield from lint_answers(check, file, cases, names)


def run_cases(check: Check, path: str, only: str = "") -> Iterable[tuple[str, Message | None]]:
    """Run a check's cases.

    Args:
        check: The check.
        path: Its case file.
        only: A part of the names of the cases to run; ``""`` runs all.

    Yields:
        Each case's name, and what is wrong with its outcome: None where it is as expected.
    """
    from rempart_core.content.casefile import read_cases

    with case.CaseJudge() as cases:
        for one in read_cases(path, check):
            if only not in one.name:
                continue
            selected = Selected(check, check.severity, one.parameters)
            result = cases.judge(selected, one.platform, one.tables, live=one.live, privileged=one.privileged)
            wrong = list(_differences(one, result))
            yield one.name, listed(wrong) if wrong else None


def _differences(one: Case, result: Result) -> Iterable[Message]:
    if result.state is not one.expect:
        expected, state = one.expect.value, result.state.value
        yield Message("lint.other_state", expected=expected, state=state, reason=own(result.reason))
    rows = result.evidence.rows if result.evidence else []
    for what, ok in (("failing", "0"), ("passing", "1")):
        wanted = getattr(one, what)
        items = sorted(row.get("item", "") for row in rows if row.get("ok") == ok)
        if wanted is not None and sorted(wanted) != items:
            yield Message("lint.items", what=what, items=str(items), expected=str(sorted(wanted)))
    if one.reason and one.reason not in result.reason.en:
        yield Message("lint.other_reason", reason=quoted(result.reason.en), expected=quoted(one.reason))
    if one.incomplete is not None and result.incomplete != one.incomplete:
        yield Message("lint.incomplete", found=str(result.incomplete).lower())
