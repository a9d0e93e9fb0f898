"""Values that a statement compares its columns with: what rows need to hold for it to answer one way or the other."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from rempart_agent.engines.sql.dialect import tokens

_MOST = 8  # values of one column
_MOST_ROWS = 64
_COMPARES = {"=", "<", ">", "!", "like", "glob", "is", "in", "not", "between", "match", "regexp"}
_ENDS = {"select", "from", "where", "or", "group", "order", "having", "limit", "join", "on", "union", "then", "when"}

_OTHERS: tuple[str | int, ...] = (1, "other", 0, "")
_MOMENTS = ("@now", "@date", "@usdate", "@filetime")  # which cases read as times

Cell = str | int


def find_values(sql: str, columns: Sequence[str]) -> dict[str, list[Cell]]:
    """Return the values that a statement compares each column with, in its order; none for one that it only joins.

    Args:
        sql: The statement.
        columns: The names of the columns that it reads.
    """
    found: dict[str, list[Cell]] = {column: [] for column in columns}
    same = {column: column for column in columns}
    chain = _Chain()
    column, compared, before = "", False, ""
    literal: Cell | None = None
    for kind, text in _unqualified(sql):
        word = text.lower()
        name = word.strip('"`[]') if kind in {"name", "text"} and not text.startswith("'") else ""
        if name in found:
            if column and compared and before == "=":
                _join(same, column, name)
            chain.add_column(name, before)
            column, compared = name, False
            if literal is not None:
                found[name] += _around(literal)
        elif kind == "number" or text.startswith(("'", '"')):
            literal = _value(kind, text)
            if before == "||":
                chain.separators.append(str(literal))
            elif column and (compared or before in {",", "("}):
                found[column] += _around(literal)
                for one, part in chain.split(str(literal)):
                    found[one].append(part)
        elif word in _ENDS or word == ";":
            column, compared, literal = "", False, None
        elif word == "and" and before != "between":
            literal = None
        compared = compared or word in _COMPARES
        before = "||" if before == "|" and word == "|" else word
    return {name: _settle(found, same, name) for name in columns}


def _unqualified(sql: str) -> list[tuple[str, str]]:
    """Return a statement's tokens without the names of tables that stand before a column's."""
    known = tokens(sql)
    after = [text for _, text in known[1:]] + [""]
    return [
        one
        for one, following in zip(known, after, strict=True)
        if one[1] != "." and not (one[0] == "name" and following == ".")
    ]


class _Chain:
    """Columns that a statement puts together with texts between them: ``name || '@' || version``."""

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.separators: list[str] = []

    def add_column(self, name: str, before: str) -> None:
        if before != "||":
            self.columns, self.separators = [], []
        self.columns.append(name)

    def split(self, value: str) -> Iterator[tuple[str, str]]:
        """Yield what a value that is compared with the chain needs in each of its columns."""
        if len(self.columns) == len(self.separators) + 1 > 1:
            rest = value
            for column, separator in zip(self.columns, self.separators, strict=False):
                part, found, rest = rest.rpartition(separator) if separator else ("", "", rest)
                if not found:
                    return
                yield column, part
            yield self.columns[-1], rest


def _join(same: dict[str, str], one: str, other: str) -> None:
    first, second = same[one], same[other]
    for name, head in same.items():
        if head == second:
            same[name] = first


def _settle(found: dict[str, list[Cell]], same: dict[str, str], name: str) -> list[Cell]:
    values = [value for other, those in found.items() if same[other] == same[name] for value in those]
    kept = [value for value in values if not (isinstance(value, str) and value.startswith(_MOMENTS))]
    return list(dict.fromkeys(kept))[:_MOST]


def _value(kind: str, text: str) -> Cell:
    if kind != "number":
        return text[1:-1].replace(text[0] * 2, text[0])
    try:
        return int(text, 0)
    except ValueError:
        return text


def _around(value: Cell) -> list[Cell]:
    """Return a value, what a pattern takes, and for a number its neighbours."""
    if isinstance(value, int):
        return [value + step for step in (0, 1, -1) if -(2**62) < value + step < 2**62]
    if "%" in value or "_" in value or "*" in value:
        plain = value.replace("%", "").replace("*", "").replace("\\", "")
        return [plain, value.replace("%%", "x").replace("%", "x").replace("*", "x"), plain.replace("_", "x")]
    return [value, *([int(value)] if value.isascii() and value.isdigit() and len(value) < 18 else [])]


def make_rows(
    found: Mapping[str, Sequence[Cell]], chance: random.Random, *, others: bool = False
) -> list[dict[str, Cell]]:
    """Return rows of some values for each column, the first of each column in the first row.

    Args:
        found: Column to the values that it is compared with.
        chance: Chooses where there are too many rows.
        others: Whether columns may hold values that they are not compared with.
    """
    values = {name: [*those, *(_OTHERS if others or not those else ())] for name, those in found.items()}
    count = 1
    for those in values.values():
        count *= len(those)
    if count <= _MOST_ROWS:
        return [dict(zip(values, row, strict=True)) for row in product(*values.values())]
    first = dict(zip(values, (those[0] for those in values.values()), strict=True))
    changed = [first | {name: value} for name, those in values.items() for value in those[1:]]
    mixed = ({name: chance.choice(those) for name, those in values.items()} for _ in range(_MOST_ROWS))
    return [first, *islice((*changed, *mixed), _MOST_ROWS * 2)]
