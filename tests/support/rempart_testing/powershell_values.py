"""Values of PowerShell for :mod:`rempart_testing.powershell_run`: tables, truth, casts, operators, methods of .NET."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


class Failure(Exception):
    """What a script throws."""


class Table(dict[str, Any]):
    """A table whose keys are the same in any case, and keep their order."""

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a value under the name that it had before, in whatever case."""
        super().__setitem__(self._same(key), value)

    def __getitem__(self, key: str) -> Any:
        """Return the value of a key."""
        return super().__getitem__(self._same(key))

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a key."""
        return super().__contains__(self._same(str(key)))

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or another."""
        return super().get(self._same(key), default)

    def _same(self, key: str) -> str:
        return next((one for one in self if one.lower() == key.lower()), key)


class Encoding:
    """``[Text.Encoding]::UTF8``."""


def truth(value: Any) -> bool:
    """Tell whether a value counts as true: a list of one as that one."""
    if isinstance(value, list):
        return truth(value[0]) if len(value) == 1 else bool(value)
    return True if isinstance(value, Table) else bool(value)


def member(value: Any, name: str) -> Any:
    """Return a member of a value; of a list that of each of its things."""
    low = name.lower()
    if isinstance(value, Table):
        return value[name] if name in value else {"values": list(value.values()), "keys": list(value)}.get(low)
    if low in {"count", "length"}:
        return len(value) if isinstance(value, list | str | bytes) else 0 if value is None else 1
    if isinstance(value, list):
        return [member(one, name) for one in value]
    return next((getattr(value, one) for one in dir(value) if one.lower() == low), None)


def cast(kind: str, value: Any) -> Any:
    """Return a value as another type."""
    low = kind.strip("[]").lower()
    if kind.endswith("[]]"):
        return [
            cast(f"[{low.rstrip('[]')}]", one)
            for one in ([] if value is None else value if isinstance(value, list) else [value])
        ]
    if low == "void":
        return None
    if low in {"int", "long"}:
        return int(value or 0)
    if low == "bool":
        return truth(value)
    if low == "string":
        if isinstance(value, list):
            return " ".join(cast("[string]", one) for one in value)
        return "" if value is None else str(value)
    if low in {"ordered", "pscustomobject", "scriptblock", "microsoft.win32.registryvaluekind"}:
        return value
    raise Failure(f"not known: {kind}")


def _fold(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) and not isinstance(right, str):
        right = cast("[string]", right)
    return bool(_fold(left) == _fold(right))


def _match(left: Any, right: str) -> tuple[Any, Table | None]:
    found = re.search(right, str(left), re.IGNORECASE)
    if found is None:
        return False, None
    return True, Table({str(place): text for place, text in enumerate((found[0], *found.groups()))})


def _like(left: Any, right: str) -> bool:
    pattern = "".join(".*" if one == "*" else re.escape(one) for one in right)
    return re.fullmatch(pattern, str(left), re.IGNORECASE | re.DOTALL) is not None


def _replace(left: Any, right: Any) -> str:
    pattern, new = right if isinstance(right, list) else (right, "")
    return re.sub(pattern, new.replace("\\", "\\\\"), str(left), flags=re.IGNORECASE)


def _split(left: Any, right: Any) -> list[str]:
    pattern, most = right if isinstance(right, list) else (right, 0)
    return re.split(pattern, str(left), maxsplit=max(0, most - 1), flags=re.IGNORECASE)


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, list):
        return left + (right if isinstance(right, list) else [] if right is None else [right])
    if left is None:
        return right
    return left + (cast("[string]", right) if isinstance(left, str) else right)


def _plain(operator: Callable[[Any, Any], Any]) -> Callable[[Any, Any], tuple[Any, None]]:
    return lambda left, right: (operator(left, right), None)


def _has(left: Any, right: Any) -> bool:
    return any(_equal(one, right) for one in (left if isinstance(left, list) else [left]))


def _format(left: str, right: Any) -> str:
    values = right if isinstance(right, list) else [right]
    return re.sub(r"\{(\d+)\}", lambda found: cast("[string]", values[int(found[1])]), left)


OPERATORS: dict[str, Callable[[Any, Any], tuple[Any, Table | None]]] = {
    "-eq": _plain(_equal),
    "-ne": _plain(lambda left, right: not _equal(left, right)),
    "-ceq": _plain(lambda left, right: left == right),
    "-lt": _plain(lambda left, right: left < right),
    "-le": _plain(lambda left, right: left <= right),
    "-gt": _plain(lambda left, right: left > right),
    "-ge": _plain(lambda left, right: left >= right),
    "-like": _plain(_like),
    "-notlike": _plain(lambda left, right: not _like(left, right)),
    "-match": _match,
    "-notmatch": lambda left, right: (not _match(left, right)[0], _match(left, right)[1]),
    "-replace": _plain(_replace),
    "-split": _plain(_split),
    "-join": _plain(
        lambda left, right: right.join(cast("[string]", one) for one in (left if isinstance(left, list) else [left]))
    ),
    "-in": _plain(lambda left, right: _has(right, left)),
    "-notin": _plain(lambda left, right: not _has(right, left)),
    "-contains": _plain(_has),
    "-notcontains": _plain(lambda left, right: not _has(left, right)),
    "-band": _plain(lambda left, right: left & right),
    "-f": _plain(_format),
    "+": _plain(_add),
    "-": _plain(lambda left, right: left - right),
    "*": _plain(lambda left, right: left * right),
    "..": _plain(lambda left, right: list(range(left, right + 1))),
}


def _open(path: str, mode: str, access: str, share: str) -> Any:
    return open(path, "ab" if mode == "Append" else "a+b", buffering=0)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=Table)
    except ValueError as error:
        raise Failure(str(error)) from error


def _put(file: Any, data: bytes) -> None:
    file.write(data)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


STATICS: dict[tuple[str, str], Callable[..., Any]] = {
    ("io.path", "combine"): os.path.join,
    ("io.file", "exists"): os.path.isfile,
    ("io.file", "open"): _open,
    ("io.file", "readalltext"): _read,
    ("io.file", "writealltext"): _write,
    ("io.file", "delete"): lambda path: os.remove(path) if os.path.exists(path) else None,
    ("io.directory", "exists"): os.path.isdir,
    ("io.directory", "createdirectory"): os.makedirs,
    ("io.directory", "delete"): lambda path, _: shutil.rmtree(path),
    ("io.path", "gettemppath"): tempfile.gettempdir,
    ("io.file", "readalllines"): lambda path: _read(path).splitlines(),
    ("io.file", "writealllines"): lambda path, lines, _: _write(path, "\n".join(lines)),
    ("guid", "newguid"): uuid.uuid4,
    ("array", "reverse"): lambda values: values.reverse() if isinstance(values, list) else None,
    ("math", "max"): max,
    ("json", "read"): _read_json,
    ("json", "write"): json.dumps,
}
METHODS: dict[tuple[type, str], Callable[..., Any]] = {
    (str, "startswith"): lambda text, part: text.startswith(part),
    (str, "endswith"): lambda text, part: text.endswith(part),
    (str, "tolower"): lambda text: text.lower(),
    (str, "substring"): lambda text, at, size=None: text[at:] if size is None else text[at : at + size],
    (str, "lastindexof"): lambda text, part: text.rfind(part),
    (Encoding, "getbytes"): lambda _, text: text.encode(),
    (object, "dispose"): lambda thing: thing.close(),
    (object, "flush"): lambda thing, _: thing.flush(),
    (object, "writebyte"): lambda thing, byte: _put(thing, bytes([byte])),
    (object, "write"): lambda thing, data, start, size: _put(thing, data[start : start + size]),
    (object, "tostring"): lambda thing, _="": (
        f"{thing:%Y-%m-%dT%H:%M:%S}" if isinstance(thing, datetime) else str(thing)
    ),
}


def now() -> datetime:
    """Return the time, as ``[DateTime]::UtcNow``."""
    return datetime.now(UTC)
