"""What a file's capabilities give, in words."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models.file_capability import NAMES, Capabilities, full_text, parse, text

SETS = (
    "cap_net_raw=ep",
    "cap_chown,cap_kill=ei",
    "=ep",
    "=ep cap_kill-ep",
    "=eip cap_bpf-i",
    "cap_chown=p cap_kill+i",
    "=i cap_chown+p",
)
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files capabilities")


@ROOT
@pytest.mark.parametrize("given_text", SETS)
def test_it_is_said_as_getcap_says_it(tmp_path: Path, given_text: str) -> None:
    path = tmp_path / "program"
    path.touch()
    subprocess.run(["setcap", given_text, path], check=True)
    found = parse(os.getxattr(path, "security.capability"))
    assert found is not None
    said = subprocess.run(["getcap", path], check=True, capture_output=True, text=True).stdout
    assert said == f"{path} {full_text(found)}\n"


def test_nothing_is_an_equals_sign() -> None:
    assert full_text(Capabilities(0, 0, False)) == text(Capabilities(0, 0, False)) == "="
    assert text(Capabilities(1 << 13, 0, True)) == "cap_net_raw=ep"


@given(st.integers(0, (1 << len(NAMES)) - 1), st.integers(0, (1 << len(NAMES)) - 1), st.booleans())
def test_any_capabilities_are_said(permitted: int, inheritable: int, effective: bool) -> None:
    said = full_text(Capabilities(permitted, inheritable, effective))
    assert "=" in said
    assert said.split() == said.split(" ")
