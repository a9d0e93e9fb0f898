"""Each module has a test of its own: tests/core/FOLDER/test_NAME.py for core/rempart_core/FOLDER/NAME.py."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("core", "agent", "reports", "store", "controller", "server")
WITHOUT = ROOT / "tests" / "without_mirror.txt"


def list_without() -> list[str]:
    """Return the modules that have no test of their own, sorted."""
    found = []
    for name in PACKAGES:
        package = ROOT / name / f"rempart_{name}"
        for module in package.rglob("*.py"):
            place = module.relative_to(package)
            mirror = ROOT / "tests" / name / place.parent / f"test_{place.name}"
            words = place.parts[:1] == ("messages",) and len(place.parts) > 2  # texts alone, held by tests of their own
            if place.name != "__init__.py" and not words and not mirror.exists():
                found.append(str(module.relative_to(ROOT)))
    return sorted(found)


def test_the_list_of_modules_without_a_test_of_their_own_only_shrinks() -> None:
    """Take out of it what has one by now; put nothing in: write the test."""
    assert list_without() == WITHOUT.read_text(encoding="utf-8").split()
