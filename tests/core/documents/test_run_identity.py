"""What a document says of what was looked at is read back, and what it leaves out has its default."""

from __future__ import annotations

import pytest

from rempart_core.documents.record import Record
from rempart_core.documents.run_identity import read_container, read_engine, read_proof, read_target
from rempart_core.error import DocumentError
from rempart_core.model.result import ContainerIdentity, EngineIdentity, TargetIdentity

CONTAINER = ContainerIdentity("sha256:" + "ab" * 32, "sha256:" + "cd" * 32, only=True, platform="linux/amd64")


def test_what_is_written_is_read_back() -> None:
    target = TargetIdentity("app.tar", "image", "local", "linux", "Debian", "id", "high")
    engine = EngineIdentity("embedded", "1", "root", privileged=True, sandbox="limits only")
    assert read_target(Record(target._asdict(), "target")) == target
    assert read_engine(Record(engine._asdict(), "engine")) == engine
    assert read_container(Record(CONTAINER._asdict(), "container")) == CONTAINER


def test_an_archive_is_not_taken_for_one_of_a_single_image() -> None:
    """An attestation names the file of an archive only where it holds nothing else."""
    said = {name: value for name, value in CONTAINER._asdict().items() if name != "only"}
    assert not read_container(Record(said, "container")).only
    with pytest.raises(DocumentError):
        read_container(Record({**said, "only": "yes"}, "container"))
    with pytest.raises(DocumentError):
        read_container(Record({"manifest": "x"}, "container"))


def test_a_proof_that_is_not_known_is_refused_and_none_is_assumed() -> None:
    assert read_proof(Record({}, "")) == ""
    assert read_proof(Record({"proof": "endpoint"}, "")) == "endpoint"
    with pytest.raises(DocumentError):
        read_proof(Record({"proof": "Endpoint"}, ""))
