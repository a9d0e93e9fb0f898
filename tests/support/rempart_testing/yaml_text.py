"""YAML of playbooks and checks, by the C library where it is there: hundreds of files are read to collect the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """Return what a document says, as ``yaml.safe_load``."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe one


def load_file(path: Path) -> Any:
    """Return what a file says."""
    return load(path.read_text(encoding="utf-8"))
