"""Modules are read whole: none of the product, and none of its tests, is longer than 400 lines."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("core", "agent", "reports", "store", "controller", "server", "playbooks")
MOST = 400


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    """Split by what it does, or tests; what parts share goes to tests/support or a conftest."""
    modules = chain((ROOT / "tests").rglob("test_*.py"), *((ROOT / package).rglob("*.py") for package in PACKAGES))
    sizes = {str(one.relative_to(ROOT)): one.read_text(encoding="utf-8").count("\n") for one in modules}
    assert [f"{place}: {lines} lines" for place, lines in sorted(sizes.items()) if lines > MOST] == []
