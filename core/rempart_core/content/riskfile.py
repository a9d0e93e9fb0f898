"""The weights of risk: reads ``data/risk.yaml``, a list of rows ``[group, name, number]``.

A matrix in which more gravity or more likelihood leads to a lower level is a mistake: a fix could raise a risk.
"""

from collections.abc import Mapping, Sequence

from rempart_core.content.folder import find_all_named
from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.model.check import Severity
from rempart_core.risk.numbers import EXPOSURES, GRAVITIES, LEVELS, LIKELIHOODS, Numbers
from rempart_core.suggestion import quoted

FILE = "risk"
"""The data file's name without ``.yaml``."""

_SEVERITIES = tuple(severity.value for severity in Severity)
_ROWS: Mapping[str, tuple[tuple[str, ...], int, int]] = {  # names, the least and the most of each
    "chance": (_SEVERITIES, 0, 99),
    "state": (("unknown", "waived"), 0, 100),
    "confidence": (("fallback",), 0, 100),
    "age": (("most",), 0, 1_000),
    "deadline": (_SEVERITIES, 1, 3_650),
    "exposure": (EXPOSURES, 1, 1_000),
    "area": (("cap",), 1, 10_000),
    "impact": (GRAVITIES, 1, 100),
    "likely": (LIKELIHOODS[1:], 1, 100),
    "fleet": (("worst", "coverage"), 1, 100),
    "control": (("chance",), 0, 99),
    "scenario": (("divisor",), 1, 100),
    "answer": (("days",), 1, 3_650),
    "acceptance": (("days",), 1, 3_650),
}
_MATRIX = "matrix"
_GROUPS = (*_ROWS, _MATRIX)
_ADVICE = Message("content.data_name")


def read_numbers(directories: Sequence[str]) -> Numbers:
    """Read the weights of some directories, each laid out like ``checks/``.

    Raises:
        ContentError: With all mistakes; there is no such file, it lacks a row, or a row is wrong.
    """
    mistakes: list[Mistake] = []
    file = find_all_named(directories, "data", "[a-z][a-z0-9-]*", _ADVICE, mistakes).get(FILE)
    if file is None:
        folder = directories[0] if directories else ""
        raise ContentError(
            [Mistake(folder, 0, 0, Message("content.no_data_file", name=FILE, hint=Message("text.nothing")))]
        )
    document = read(file)
    reader = Reader(document)
    fields = reader.fields(document.root, ("updated", "source", "review", "values"), ("updated", "source", "values"))
    found: dict[tuple[str, str], int] = {}
    matrix: dict[tuple[str, str], str] = {}
    for node in reader.items(fields.get("values"), "values", least=1):
        _read_row(reader, node, found, matrix)
    values = fields.get("values")
    if values is not None and not reader.mistakes:
        _expect_all(reader, values, found, matrix)
        _expect_order(reader, values, found, matrix)
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return _make(found, matrix, reader.line(fields.get("updated"), "updated"))


def _read_row(
    reader: Reader, node: Node, found: dict[tuple[str, str], int], matrix: dict[tuple[str, str], str]
) -> None:
    cells = reader.items(node, "values")
    if len(cells) < 3:
        reader.report(node, Message("riskfile.row"), what="values")
        return
    group = reader.choice(cells[0], "values", _GROUPS, "")
    if group == _MATRIX:
        gravity = reader.choice(cells[1], group, GRAVITIES, "")
        if len(cells) != 2 + len(LIKELIHOODS):
            reader.report(node, Message("riskfile.matrix_row", classes=", ".join(LIKELIHOODS)), what=group)
            return
        for likelihood, cell in zip(LIKELIHOODS, cells[2:], strict=True):
            matrix[gravity, likelihood] = reader.choice(cell, group, LEVELS, LEVELS[-1])
        return
    if not group:
        return
    names, least, most = _ROWS[group]
    name = reader.choice(cells[1], group, names, "")
    value = reader.integer(cells[2], group, least)
    if len(cells) != 3:
        reader.report(node, Message("riskfile.row"), what=group)
    elif value > most:
        reader.report(cells[2], Message("riskfile.too_large", value=value, most=most), what=group)
    elif (group, name) in found:
        reader.report(node, Message("content.text_twice", text=quoted(f"{group}, {name}")), what="values")
    found[group, name] = value


def _expect_all(
    reader: Reader, node: Node, found: Mapping[tuple[str, str], int], matrix: Mapping[tuple[str, str], str]
) -> None:
    wanted = [(group, name) for group, (names, _, _) in _ROWS.items() for name in names]
    missing = [one for one in wanted if one not in found]
    missing += [(_MATRIX, gravity) for gravity in GRAVITIES if (gravity, LIKELIHOODS[0]) not in matrix]
    for group, name in missing:
        reader.report(node, Message("riskfile.missing", row=f"[{group}, {name}, …]"), what="values")


def _expect_order(
    reader: Reader, node: Node, found: Mapping[tuple[str, str], int], matrix: Mapping[tuple[str, str], str]
) -> None:
    """Report what would let a fix raise a risk, or less knowledge lower it."""
    for group, names in (
        ("likely", LIKELIHOODS[1:]),
        ("impact", GRAVITIES),
        ("exposure", EXPOSURES),
        ("chance", _SEVERITIES[::-1]),
    ):
        values = [found.get((group, name), 0) for name in names]
        if values != sorted(values):
            reader.report(node, Message("riskfile.order", group=group, names=" ≤ ".join(names)), what="values")
    if reader.mistakes:
        return
    rank = {(g, v): LEVELS.index(level) for (g, v), level in matrix.items()}
    for lines in (
        [[(g, v) for v in LIKELIHOODS] for g in GRAVITIES],
        [[(g, v) for g in GRAVITIES] for v in LIKELIHOODS],
    ):
        for line in lines:
            ranks = [rank[one] for one in line]
            if ranks != sorted(ranks):
                reader.report(node, Message("riskfile.matrix_order", place=f"{line[0][0]} {line[0][1]}"), what=_MATRIX)


def _make(found: Mapping[tuple[str, str], int], matrix: Mapping[tuple[str, str], str], updated: str) -> Numbers:
    def share(group: str, name: str) -> float:
        return found[group, name] / 100

    return Numbers(
        chance={one: share("chance", one.value) for one in Severity},
        unknown=share("state", "unknown"),
        waived=share("state", "waived"),
        fallback=share("confidence", "fallback"),
        age=share("age", "most"),
        deadline={one: found["deadline", one.value] for one in Severity},
        exposure={one: share("exposure", one) for one in EXPOSURES},
        cap=share("area", "cap"),
        impact={one: share("impact", one) for one in GRAVITIES},
        likely=(share("likely", "V2"), share("likely", "V3"), share("likely", "V4")),
        matrix=dict(matrix),
        worst=share("fleet", "worst"),
        covered=share("fleet", "coverage"),
        control=share("control", "chance"),
        divisor=found["scenario", "divisor"],
        answer_days=found["answer", "days"],
        acceptance_days=found["acceptance", "days"],
        updated=updated,
    )
