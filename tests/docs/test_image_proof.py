"""The commands of docs/image.md by which an image is proven do it, in the order in which they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rempart_testing.attested import run_of
from rempart_testing.run import make_result

from rempart_controller.attestation.attester import AttestRequest, open_attester
from rempart_core.model.check import Severity
from rempart_core.timestamps import write_moment

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "image.md").read_text(encoding="utf-8").partition("## Proof for the next stage")[2]
COMMANDS = re.findall(r"^((?:openssl|rempart|cosign) .*)$", TEXT, re.MULTILINE)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "disk.qcow2").write_bytes(b"a disk")
    paths = [str(tmp_path / name) for name in ("a.json", "ci.pem", "disk.qcow2")]
    run = run_of([make_result("IMG-04")], ended=write_moment(int(time.time())))
    open_attester(AttestRequest(paths[0], paths[1], (paths[2],))).attest(run, Severity.LOW)
    return tmp_path


def test_they_are_proven_and_another_image_is_not(place: Path) -> None:
    assert [command.split()[0] for command in COMMANDS] == ["openssl", "rempart", "cosign"]
    for command in COMMANDS:
        words = command.split()
        program = shutil.which(words[0], path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
        if program is None:
            pytest.skip(f"{words[0]} is missing")
        statuses = []
        for image in (b"a disk", b"another disk"):
            (place / "disk.qcow2").write_bytes(image)
            done = subprocess.run([program, *words[1:]], cwd=place, capture_output=True, check=False)
            statuses.append(done.returncode)
        assert statuses[0] == 0, command
        assert "disk.qcow2" not in words or statuses[1] != 0, command
