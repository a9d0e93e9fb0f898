"""A folder of registers, with a key of the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.risk_place import make_registers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder."""
    monkeypatch.setenv("REMPART_KEY", str(tmp_path / "own" / "key.pem"))
    return make_registers(tmp_path / "registers")
