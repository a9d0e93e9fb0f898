"""What ``--attest`` signs, and when it signs nothing."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest
from rempart_testing.attested import all_kinds, payload_of, run_of
from rempart_testing.run import make_result

from rempart_controller.attestation.attester import Attester, AttestRequest, open_attester
from rempart_core.error import AttestationError, KeyFileError, ReportError, UsageError
from rempart_core.messages.say import say
from rempart_core.model.check import Severity
from rempart_core.model.result import ContainerIdentity
from rempart_core.signing.statement import MEDIA_TYPE, PREDICATE_TYPE
from rempart_core.text import Text

RUN = run_of([make_result("AAA-01")])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with two images."""
    (tmp_path / "disk.raw").write_bytes(b"the bytes of a disk")
    (tmp_path / "other.raw").write_bytes(b"others")
    return tmp_path


def _open(place: Path, *images: str, key: str = "ci.pem", out: str = "a.json") -> Attester:
    paths = tuple(str(place / name) for name in images or ("disk.raw",))
    return open_attester(AttestRequest(str(place / out), str(place / key), paths))


def _public(place: Path, hint: str) -> str:
    """Return the public key's file, written as the hint says."""
    subprocess.run(hint.partition(": ")[2], shell=True, check=True, cwd=place)  # noqa: S602 - what a user would paste
    return str(place / "ci.pub")


def test_the_images_are_signed_for_and_the_user_is_told_how_to_hand_the_key_on(place: Path) -> None:
    made, signed, hint = _open(place).attest(RUN, Severity.LOW)
    assert "a new one was made" in say(made)
    assert say(signed).startswith(f"{place}/a.json: PASSED, signed with key ")
    assert Path(_public(place, say(hint))).read_text(encoding="utf-8").startswith("-----BEGIN PUBLIC KEY-----")
    said = payload_of((place / "a.json").read_bytes())
    assert said["subject"] == [{"name": "disk.raw", "digest": {"sha256": sha256(b"the bytes of a disk").hexdigest()}}]
    assert len(_open(place).attest(RUN, Severity.LOW)) == 2  # by now there is a key


def test_a_failed_image_is_signed_for_as_failed(place: Path) -> None:
    _open(place, "disk.raw", "other.raw").attest(all_kinds(), Severity.LOW)
    said = payload_of((place / "a.json").read_bytes())
    assert said["predicate"]["result"] == "FAILED"
    assert [one["name"] for one in said["subject"]] == ["disk.raw", "other.raw"]


def test_nothing_is_signed_for_an_image_that_changed(place: Path) -> None:
    """Nor is the attestation of an earlier audit left."""
    _open(place).attest(RUN, Severity.LOW)
    attester = _open(place, "disk.raw", "other.raw")
    (place / "other.raw").write_bytes(b"something else")
    with pytest.raises(AttestationError, match=r"other\.raw changed during the audit: nothing was signed"):
        attester.attest(RUN, Severity.LOW)
    assert not (place / "a.json").exists()


def test_nothing_is_signed_for_an_audit_that_was_interrupted(place: Path) -> None:
    with pytest.raises(AttestationError, match="interrupted"):
        _open(place).attest(RUN._replace(unfinished=Text("stopped", "arrêté")), Severity.LOW)
    assert not (place / "a.json").exists()


def test_a_folder_is_signed_for_by_its_manifest_or_not_at_all(place: Path) -> None:
    (place / "layout").mkdir()
    attester = _open(place, "layout")
    with pytest.raises(AttestationError, match="nothing was signed"):
        attester.attest(RUN, Severity.LOW)
    inner = ContainerIdentity("sha256:" + "ab" * 32, "sha256:" + "cd" * 32, only=True)
    attester.attest(RUN._replace(container=inner), Severity.LOW)
    assert payload_of((place / "a.json").read_bytes())["subject"][0]["digest"] == {"sha256": "ab" * 32}


def test_an_archive_is_no_disk(place: Path) -> None:
    """It may hold images that nobody looked at; its digest would vouch for them too."""
    with tarfile.open(place / "app.tar", "w") as archive:
        archive.add(place / "disk.raw", "blobs/sha256/x")
    attester = _open(place, "app.tar")
    with pytest.raises(AttestationError, match="nothing was signed"):
        attester.attest(RUN, Severity.LOW)
    inner = ContainerIdentity("sha256:" + "ab" * 32, "sha256:" + "cd" * 32, only=False)
    attester.attest(RUN._replace(container=inner), Severity.LOW)
    (subject,) = payload_of((place / "a.json").read_bytes())["subject"]
    assert subject["digest"] == {"sha256": "ab" * 32}


def test_what_can_not_be_named_is_refused_before_the_audit(place: Path) -> None:
    with pytest.raises(UsageError):
        _open(place, "missing.raw")
    with pytest.raises(UsageError):
        _open(place, "/dev/null")
    (place / "bad.pem").write_text("no key", encoding="utf-8")
    (place / "bad.pem").chmod(0o600)
    with pytest.raises(KeyFileError):
        _open(place, key="bad.pem")


def test_what_can_not_be_written_is_told(place: Path) -> None:
    attester = _open(place, out="gone/a.json")
    with pytest.raises(ReportError):
        attester.attest(RUN, Severity.LOW)


def test_cosign_verifies_it_and_refuses_another_image(place: Path) -> None:
    cosign = shutil.which("cosign")
    if cosign is None:
        pytest.skip("cosign is missing (apt-get install cosign)")
    *_, hint = _open(place).attest(all_kinds(), Severity.LOW)
    command = [cosign, "verify-blob-attestation", "--key", _public(place, say(hint)), "--signature", "a.json"]
    command += ["--insecure-ignore-tlog", "--type", PREDICATE_TYPE]
    good = subprocess.run([*command, "disk.raw"], cwd=place, capture_output=True, text=True, check=False)
    assert (good.returncode, "Verified OK" in good.stderr) == (0, True), good.stderr
    assert subprocess.run([*command, "other.raw"], cwd=place, capture_output=True, check=False).returncode != 0


def test_securesystemslib_verifies_the_envelope(place: Path) -> None:
    dsse = pytest.importorskip("securesystemslib.dsse")
    signer = pytest.importorskip("securesystemslib.signer")
    errors = pytest.importorskip("securesystemslib.exceptions")
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    *_, hint = _open(place).attest(RUN, Severity.LOW)
    public = load_pem_public_key(Path(_public(place, say(hint))).read_bytes())
    data = json.loads((place / "a.json").read_bytes())
    key = signer.SSlibKey.from_crypto(public, keyid=data["signatures"][0]["keyid"])
    envelope = dsse.Envelope.from_dict(data)
    assert envelope.payload_type == MEDIA_TYPE
    assert list(envelope.verify([key], 1)) == [key.keyid]
    data = json.loads((place / "a.json").read_bytes()) | {"payload": base64.b64encode(b"{}").decode()}
    with pytest.raises(errors.VerificationError):
        dsse.Envelope.from_dict(data).verify([key], 1)
