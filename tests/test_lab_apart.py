"""The lab without its machines: where its packages come from, and which tests belong to it.

``make test`` does not read ``tests/lab`` at all, and ``make test-lab`` reads nothing else: what is marked stays there.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from rempart_testing import debian
from rempart_testing.debian import Source

TESTS = Path(__file__).parent
MODULES = sorted(path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))


def marks(module: Path) -> str:
    """Return how a module marks all of its tests."""
    lines = ast.parse((TESTS / module).read_text(encoding="utf-8")).body
    return "".join(ast.unparse(one) for one in lines if isinstance(one, ast.Assign) and "pytestmark" in ast.dump(one))


def test_all_in_the_folder_of_the_lab_is_marked_and_nothing_else() -> None:
    marked = [module for module in MODULES if "mark.lab" in marks(module)]
    assert marked == [module for module in MODULES if module.parts[0] == "lab"] != []
    sign = "@pytest.mark." + "lab\n"
    assert [str(module) for module in MODULES if sign in (TESTS / module).read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list", "# deb http://no.example x\ndeb [arch=amd64] http://mirror.example/debian trixie main\n"),
        (
            "sources.list.d/debian.sources",
            (
                "Types: deb\nURIs: file:/here\nSuites: ./\n\n"
                "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie trixie-updates\nComponents: main\n"
            ),
        ),
    ],
)
def test_the_mirror_is_that_of_this_machine(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    assert debian.find_source(tmp_path) == Source("http://mirror.example/debian", "trixie")


def test_a_machine_without_a_mirror_has_none(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("deb cdrom:[Debian]/ trixie main\ndeb http://x.example/ ./\n")
    assert debian.find_source(tmp_path) is None
