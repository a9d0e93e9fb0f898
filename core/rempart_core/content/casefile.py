"""The cases of a check: ``<id>-<slug>.test.yaml`` beside it."""

import os
import re
import time
from typing import NamedTuple

from rempart_core.content.parameterfile import read_given
from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Entries, Node, Scalar, read
from rempart_core.error import ContentError
from rempart_core.messages.message import Message
from rempart_core.model.answer import RULE, SCHEMES
from rempart_core.model.check import BLOCKS, FAMILIES, ORGANISATION, Check
from rempart_core.model.parameter import Value
from rempart_core.model.result import FAILURES, Failure, State
from rempart_core.suggestion import quoted

_KEYS = (
    "name",
    "platform",
    "family",
    "live",
    "privileged",
    "parameters",
    "tables",
    "expect",
    "failing",
    "passing",
    "reason",
    "incomplete",
    "breaks",
)
_MOMENT = re.compile("@(now|date|usdate|filetime)(?:([+-])([0-9]{1,9})([smhd]))?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FARTHEST = 100 * 366 * 86400
_FILETIME_EPOCH = -11_644_473_600  # 1601-01-01, seconds since the epoch

Cell = str | int | None


class Rows(list[dict[str, Cell]]):
    """Rows of a table that lacks columns, as that of an osquery older than they are does.

    Attributes:
        lacks: The names of the columns.
    """

    lacks: tuple[str, ...] = ()


class Case(NamedTuple):
    """One case: what the tables hold, and what the check has to come to.

    Attributes:
        name: Unique among the check's cases.
        platform: Which block is asked.
        live: False for a target that is not running.
        privileged: False for a run without privileges.
        parameters: A valid value for each declared parameter: the case's, else the default.
        tables: Table name to its rows (:class:`Rows` where it lacks columns), or to the failure that it answers with;
            tables not named are empty.
        expect: The state.
        failing: Items of the failing rows, in any order; None where the case does not say.
        passing: Items of the passing rows, in any order; None where the case does not say.
        reason: A part of the English reason; ``""`` where the case does not say.
        incomplete: Whether the failure is marked so; None where the case does not say.
        file: Where it was read.
        line: The line it begins on.
        family: Which family of Linux the rows are of; ``""`` where the case does not say.
        breaks: The rules that its failing rows show broken, as ``ssg:RULE``.
    """

    name: str
    platform: str
    live: bool
    privileged: bool
    parameters: dict[str, Value]
    tables: dict[str, list[dict[str, Cell]] | Failure]
    expect: State
    failing: tuple[str, ...] | None = None
    passing: tuple[str, ...] | None = None
    reason: str = ""
    incomplete: bool | None = None
    file: str = ""
    line: int = 0
    family: str = ""
    breaks: tuple[str, ...] = ()


def locate_cases(path: str) -> str:
    """Return where the cases of the check file at ``path`` lie, whether they exist or not."""
    return path.removesuffix(".yaml") + ".test.yaml"


def read_cases(path: str, check: Check, now: float | None = None) -> list[Case]:
    """Read the cases of a check, in the order of the file.

    Args:
        path: The file.
        check: The check that they are about.
        now: What ``@now``, ``@date``, ``@usdate`` and ``@filetime`` stand for, seconds since the epoch; None for now.

    Raises:
        ContentError: With all mistakes of the file.
    """
    document = read(path)
    reader = Reader(document)
    fields = reader.fields(document.root, ("cases",), ("cases",))
    moment = time.time() if now is None else now
    cases: list[Case] = []
    for node in reader.items(fields.get("cases"), "cases", least=1):
        case = _read_case(reader, node, check, moment)
        if case.name and case.name in [other.name for other in cases]:
            reader.report(node, Message("checkfile.case_name", name=quoted(case.name)), what="name")
        cases.append(case)
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return cases


def find_gaps(check: Check, cases: list[Case]) -> list[Message]:
    """Return what the cases of a check leave out: each block needs one that passes, one that fails, one of no rows.

    Args:
        check: The check.
        cases: Its cases.
    """
    gaps = []
    for platform in check.platforms:
        own = [case for case in cases if case.platform == platform]
        if not any(case.expect is State.PASS for case in own):
            gaps.append(Message("checkfile.no_pass", platform=platform))
        if not any(case.expect is State.FAIL for case in own):
            gaps.append(Message("checkfile.no_fail", platform=platform))
        if not any(case.live and not any(case.tables.values()) for case in own):
            gaps.append(Message("checkfile.no_empty", platform=platform, example="tables: {}"))
    return gaps


def _read_case(reader: Reader, node: Node, check: Check, now: float) -> Case:
    fields = reader.fields(node, _KEYS, ("name", "tables", "expect"), "case")
    usual = ORGANISATION if ORGANISATION in check.platforms else "linux"
    platform = reader.choice(fields.get("platform"), "platform", BLOCKS, usual)
    if platform not in check.platforms:
        no_block = Message("checkfile.case_platform", check=check.id, platform=platform)
        reader.report(fields.get("platform", node), no_block, what="platform")
    states = [state.value for state in State]
    incomplete = fields.get("incomplete")
    return Case(
        name=reader.line(fields.get("name"), "name"),
        platform=platform,
        live=reader.flag(fields.get("live"), "live", otherwise=True),
        privileged=reader.flag(fields.get("privileged"), "privileged", otherwise=True),
        parameters=_read_values(reader, fields.get("parameters"), check, now),
        tables={
            key.text: _read_table(reader, key, table, now)
            for key, table in reader.entries(fields.get("tables"), "tables")
        },
        expect=State(reader.choice(fields.get("expect"), "expect", states, State.PASS.value)),
        failing=_read_expected(reader, fields.get("failing"), "failing"),
        passing=_read_expected(reader, fields.get("passing"), "passing"),
        reason=reader.text(fields.get("reason"), "reason"),
        incomplete=None if incomplete is None else reader.flag(incomplete, "incomplete", otherwise=False),
        file=reader.file,
        line=node.line,
        family=_read_family(reader, fields.get("family"), platform),
        breaks=_read_breaks(reader, fields),
    )


def _read_family(reader: Reader, node: Node | None, platform: str) -> str:
    if node is not None and platform != "linux":
        reader.report(node, Message("checkfile.family", platform=platform), what="family")
    return reader.choice(node, "family", FAMILIES, "")


def _read_breaks(reader: Reader, fields: dict[str, Node]) -> tuple[str, ...]:
    """Read the rules that a case breaks; whether the check answers them is for lint to say."""
    node = fields.get("breaks")
    rules = reader.texts(node, "breaks", least=1)
    for item, rule in zip(reader.items(node, "breaks"), rules, strict=False) if rules else ():
        if rule.partition(":")[0] not in SCHEMES or not re.fullmatch(RULE, rule.partition(":")[2], re.ASCII):
            reader.report(item, Message("checkfile.breaks", found=quoted(rule)), what="breaks")
    expected = fields.get("expect")
    if node is not None and getattr(expected, "text", "") != State.FAIL.value:
        reader.report(node, Message("checkfile.breaks_nothing"), what="breaks")
    return rules


def _read_expected(reader: Reader, node: Node | None, what: str) -> tuple[str, ...] | None:
    """Read items; the same may stand there twice, since two rows may be about one thing."""
    return None if node is None else tuple(reader.text(item, what) for item in reader.items(node, what))


def _read_values(reader: Reader, node: Node | None, check: Check, now: float) -> dict[str, Value]:
    def resolve(given: Node, what: str, value: object) -> object:
        return _resolve(reader, given, what, value, now)

    defaults = {name: parameter.default for name, parameter in check.parameters.items()}
    return defaults | read_given(reader, node, "parameters", check, resolve)


def _read_table(reader: Reader, key: Scalar, node: Node, now: float) -> list[dict[str, Cell]] | Failure:
    what = f"tables.{key.text}"
    if not re.fullmatch("[a-z][a-z0-9_]*", key.text):
        reader.report(key, Message("checkfile.table_name", name=quoted(key.text)), what="tables")
    if not isinstance(node, Entries):
        return _read_rows(reader, node, what, now)
    if "lacks" in [name.text for name, _ in reader.entries(node, what)]:
        fields = reader.fields(node, ("rows", "lacks"), ("rows",), what)
        rows = Rows(_read_rows(reader, fields.get("rows"), what, now))
        rows.lacks = _read_expected(reader, fields.get("lacks"), f"{what}.lacks") or ()
        return rows
    fields = reader.fields(node, ("error", "message"), ("error",), what)
    kind = reader.choice(fields.get("error"), f"{what}.error", list(FAILURES), "source")
    return Failure(kind, reader.line(fields.get("message"), f"{what}.message") or FAILURES[kind])


def _read_rows(reader: Reader, node: Node | None, what: str, now: float) -> list[dict[str, Cell]]:
    return [
        {
            column.text: _read_cell(reader, cell, f"{what}.{column.text}", now)
            for column, cell in reader.entries(row, what)
        }
        for row in reader.items(node, what)
    ]


def _read_cell(reader: Reader, node: Node, what: str, now: float) -> Cell:
    value = reader.value(node, what)
    if isinstance(value, bool):
        reader.report(node, Message("checkfile.cell_flag"), what=what)
        return None
    if isinstance(value, list):
        reader.report(node, Message("checkfile.cell_list"), what=what)
        return None
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        reader.report(node, Message("checkfile.cell_large", value=str(value)), what=what)
    resolved = _resolve(reader, node, what, value, now)
    return resolved if isinstance(resolved, int) else None if resolved is None else str(resolved)


def _resolve(reader: Reader, node: Node, what: str, value: object, now: float) -> object:
    """Return a value, or a list of such, with moments for the words that stand for them."""
    if isinstance(value, list):
        return [_resolve(reader, node, what, item, now) for item in value]
    if not isinstance(value, str) or not value.startswith(("@now", "@date", "@usdate", "@filetime")):
        return value
    match = _MOMENT.fullmatch(value)
    if not match:
        reader.report(node, Message("checkfile.no_moment", text=quoted(value)), what=what)
        return None
    word, sign, number, unit = match.groups()
    seconds = int(number or 0) * _SECONDS[unit or "s"]
    if seconds > _FARTHEST:
        reader.report(node, Message("checkfile.moment_far", text=quoted(value)), what=what)
        return None
    moment = int(now) - seconds if sign == "-" else int(now) + seconds
    if word == "filetime":  # as the registry of Windows holds it: 100 ns since 1601, little-endian, in hex
        return ((moment - _FILETIME_EPOCH) * 10_000_000).to_bytes(8, "little").hex().upper()
    if word == "now":
        return moment
    day = time.gmtime(moment)
    if word == "usdate":  # as WMI writes it: month first, nothing filled up
        return f"{day.tm_mon}/{day.tm_mday}/{day.tm_year}"
    return time.strftime("%Y-%m-%d", day)


def find_orphans(directory: str) -> list[str]:
    """Return the files of cases below a directory of checks that lie beside no check: nobody would run them."""
    orphans = []
    for folder, folders, files in os.walk(directory):
        folders.sort()
        orphans += [
            os.path.join(folder, file)
            for file in sorted(files)
            if file.endswith(".test.yaml") and file.removesuffix(".test.yaml") + ".yaml" not in files
        ]
    return orphans
