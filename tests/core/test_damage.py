"""Content files that were damaged in any way give mistakes, or are sound by chance; nothing else is raised."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_core.content.casefile import read_cases
from rempart_core.content.checkfile import read_check, read_checks
from rempart_core.content.datafile import read_data_files
from rempart_core.content.profilefile import read_profiles
from rempart_core.content.waiverfile import read_waivers
from rempart_core.error import ContentError
from rempart_core.model.check import Check

EXAMPLE = Path(__file__).parent / "example"
CHECK = "checks/disk-encryption/dsk-01-volumes-encrypted.yaml"
PIECES = [
    "",
    " ",
    "\n",
    "  ",
    "- ",
    ": ",
    "null",
    "[]",
    "{}",
    "0640",
    "yes",
    "'",
    '"',
    "@now",
    "1",
    "é",
    "\x00",
    "&a ",
    "*a",
]


def _profiles(file: Path, checks: list[Check]) -> Any:
    (file.parent / "profiles").mkdir()
    file.rename(file.parent / "profiles/p.yaml")
    return read_profiles([str(file.parent)], checks)


def _data(file: Path) -> Any:
    (file.parent / "data").mkdir()
    file.rename(file.parent / "data" / file.name)
    return read_data_files([str(file.parent)])


def _readers() -> dict[str, Callable[[Path], Any]]:
    checks = read_checks([str(EXAMPLE / "checks")])
    return {
        CHECK: lambda file: read_check(str(file), "disk-encryption", CHECK),
        CHECK.replace(".yaml", ".test.yaml"): lambda file: read_cases(str(file), checks[0]),
        "data/strong-ciphers.yaml": _data,
        "checks/profiles/server.yaml": lambda file: _profiles(file, checks),
        "waivers.yaml": lambda file: read_waivers(str(file), ["DSK-01"]),
    }


READERS = _readers()
edits = st.lists(
    st.tuples(st.floats(min_value=0, max_value=1), st.integers(0, 30), st.sampled_from(PIECES)), min_size=1, max_size=4
)


@settings(max_examples=200)
@given(st.sampled_from(sorted(READERS)), edits)
def test_damage_is_told_as_mistakes_with_places(name: str, changes: list[tuple[float, int, str]]) -> None:
    text = (EXAMPLE / name).read_text()
    for where, length, piece in changes:
        start = int(where * len(text))
        text = text[:start] + piece + text[start + length :]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / Path(name).name
        file.write_bytes(text.encode())
        lines = text.count("\n") + 2
        mistakes = []
        try:
            READERS[name](file)
        except ContentError as error:
            mistakes = error.mistakes
        assert all(0 < mistake.line <= lines and mistake.column > 0 for mistake in mistakes)
