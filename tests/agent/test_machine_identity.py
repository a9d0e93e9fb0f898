"""Which machine this is: a hash of machine-id(5) for this use alone, which never tells the id."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest
from rempart_testing.run import make_run

from rempart_agent.machine_identity import identify, read_identity

ID = "0123456789abcdef0123456789abcdef"
HASHED = hmac.new(ID.encode(), b"rempart", hashlib.sha256).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "machine-id"
    path.write_text(ID + "\n")
    return path


def test_the_id_leaves_the_machine_as_a_hash(file: Path) -> None:
    assert read_identity(str(file)) == HASHED
    assert ID not in HASHED


@pytest.mark.parametrize("content", ["", "\n", "uninitialized\n"])  # machine-id(5): the first boot has not set it
def test_a_machine_that_has_none_yet(file: Path, content: str) -> None:
    file.write_text(content)
    assert read_identity(str(file)) == ""


def test_no_file_is_no_id(tmp_path: Path) -> None:
    assert read_identity(str(tmp_path / "absent")) == ""


def test_the_run_of_a_machine_bears_it(file: Path) -> None:
    run = make_run("web-1", 1_700_000_000, [], kind="machine")
    assert identify(run, str(file)).target.machine_id == HASHED


def test_what_is_none_or_has_one_stays_as_it_is(file: Path, tmp_path: Path) -> None:
    tree = make_run("tree", 1_700_000_000, [], kind="root")
    known = make_run("web-1", 1_700_000_000, [], kind="machine", machine_id="ab")
    assert identify(tree, str(file)) == tree
    assert identify(known, str(file)) == known
    machine = make_run("web-1", 1_700_000_000, [], kind="machine")
    assert identify(machine, str(tmp_path / "absent")) == machine
