"""``rempart verify-attestation``: its exit status, its reasons in both languages, and what it does not believe."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from rempart_testing.attested import DIGEST, IMAGE, SUBJECT, WAIVER, all_kinds, attest, run_of, sign_data
from rempart_testing.container_images import Layout, put, tar
from rempart_testing.run import make_result

from rempart_controller.commands.main import main
from rempart_core.model.check import Severity
from rempart_core.model.result import Result, State
from rempart_core.signing.attestation import sign
from rempart_core.signing.key import Key, load_key
from rempart_core.signing.run_statement import state_run
from rempart_core.signing.statement import Subject
from rempart_core.timestamps import write_moment


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "ci.pem"))


@pytest.fixture
def place(tmp_path: Path, key: Key) -> Path:
    (tmp_path / "disk.raw").write_bytes(IMAGE)
    (tmp_path / "planted.raw").write_bytes(IMAGE[:-1] + b"!")
    (tmp_path / "ci.pub").write_text(key.public, encoding="utf-8")
    (tmp_path / "a.json").write_bytes(attest(key))
    return tmp_path


def verify(place: Path, *more: str, image: Sequence[str] = ("disk.raw",), name: str = "a.json") -> int:
    images = [str(place / one) for one in image]
    return main(["verify-attestation", str(place / name), "--image", *images, "--key", str(place / "ci.pub"), *more])


def _attest(place: Path, key: Key, results: Sequence[Result], ago: int = 0) -> None:
    run = run_of(results, ended=write_moment(int(time.time()) - ago))
    (place / "a.json").write_bytes(sign(state_run(run, Severity.MEDIUM, [SUBJECT]), key))


def test_the_image_that_was_tested_is_told_from_another(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(place) == 0
    assert capsys.readouterr().out.startswith("PASSED: the attestation is genuine")
    assert verify(place, image=("planted.raw",)) == 3
    assert "planted.raw is not the image that was tested" in capsys.readouterr().out
    assert verify(place, image=("disk.raw", "planted.raw")) == 3
    out = capsys.readouterr().out
    assert "PASSED" not in out
    assert "disk.raw is not" not in out


@pytest.mark.parametrize(
    ("language", "reason"),
    [("en", "NOT PROVEN\n  its signature is wrong"), ("fr", "NON PROUVÉ\n  sa signature est fausse")],
)
def test_a_changed_payload_proves_nothing(
    place: Path, language: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = json.loads((place / "a.json").read_bytes())
    data["payload"] = "e30="
    (place / "a.json").write_text(json.dumps(data), encoding="utf-8")
    assert verify(place, "--lang", language) == 3
    assert capsys.readouterr().out.startswith(reason)


def test_warned_is_good_and_failed_is_not(place: Path, key: Key, capsys: pytest.CaptureFixture[str]) -> None:
    waived = make_result("AAA-02", State.FAIL, ["x"], waiver=WAIVER)
    _attest(place, key, [make_result("AAA-01"), waived])
    assert verify(place, "--require", "AAA-01") == 0
    assert "accepted by a waiver: AAA-02" in capsys.readouterr().out
    assert verify(place, "--require", "AAA-01,AAA-02") == 3
    assert "AAA-02 is required and did not pass" in capsys.readouterr().out
    _attest(place, key, all_kinds().results)
    assert verify(place) == 1
    out = capsys.readouterr().out
    assert out.startswith("FAILED: the attestation is genuine")
    assert "failed: AAA-04, AAA-05, AAA-06" in out


def test_age(place: Path, key: Key, capsys: pytest.CaptureFixture[str]) -> None:
    _attest(place, key, [make_result("AAA-01")], ago=3 * 86_400)
    assert verify(place, "--max-age", "4d") == 0
    assert verify(place, "--max-age", "2d") == 3
    assert "is too old" in capsys.readouterr().out
    _attest(place, key, [make_result("AAA-01")], ago=-86_400)
    assert verify(place) == 3
    assert "in the future" in capsys.readouterr().out


def test_one_key_of_several(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = load_key(str(tmp_path / "other.pem")).public
    assert verify(place, "--key", other) == 0
    (place / "ci.pub").write_text(other, encoding="utf-8")
    assert verify(place) == 3
    assert "signed with another key" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.json", "--image", "disk.raw"],
        ["a.json", "--key", "ci.pub"],
        ["a.json", "--image", "disk.raw", "--key", "disk.raw"],
        ["a.json", "--image", "missing.raw", "--key", "ci.pub"],
        ["missing.json", "--image", "disk.raw", "--key", "ci.pub"],
        ["a.json", "--image", "disk.raw", "--key", "ci.pub", "--max-age", "soon"],
    ],
)
def test_wrong_use_is_told_from_no_proof(place: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    try:
        status = main(["verify-attestation", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    assert status == 2


def test_a_digest_stands_for_an_image_that_lies_elsewhere(place: Path, key: Key) -> None:
    command = ["verify-attestation", str(place / "a.json"), "--key", key.public, "--image"]
    assert main([*command, DIGEST]) == 0
    assert main([*command, "sha256:" + "00" * 32]) == 3
    assert main([*command, DIGEST.upper()]) == 2  # no digest, and no file


def test_what_can_not_be_compared_is_not_proven(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "layout").mkdir()
    assert verify(place, image=("layout",)) == 3
    assert "is a folder, and no layout" in capsys.readouterr().out
    assert verify(place, "--lang", "fr", image=("layout",)) == 3
    assert "est un dossier" in capsys.readouterr().out
    assert main(["verify-attestation", str(place / "a.json"), "--key", str(place / "ci.pub"), "--image", "/dev/null"])


def test_a_layout_is_proven_by_its_manifest_and_each_of_its_blobs(
    place: Path, key: Key, capsys: pytest.CaptureFixture[str]
) -> None:
    made, layer = Layout(), tar(put("etc/hostname", b"golden"))
    image = made.image(layer)
    made.add(image, "app:1")
    layout = made.write_folder(place / "layout")
    subject = Subject("layout manifest", image["digest"])
    (place / "a.json").write_bytes(attest(key, subjects=[subject]))
    assert verify(place, image=("layout",)) == 0
    capsys.readouterr()
    for blob in sorted(layout.glob("blobs/sha256/*")):  # manifest, configuration and layer, one after the other
        whole = blob.read_bytes()
        blob.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert verify(place, image=("layout",)) == 3, blob
        blob.unlink()
        assert verify(place, image=("layout",)) == 3, blob
        blob.write_bytes(whole)
    capsys.readouterr()
    (layout / "blobs/sha256" / ("ab" * 32)).write_bytes(b"nobody looked at this")
    assert verify(place, image=("layout",)) == 3
    assert "more than one image" in capsys.readouterr().out


def test_a_layout_of_another_image_or_of_several_is_not_proven(
    place: Path, key: Key, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Layout()
    image = made.image(tar(put("etc/hostname", b"golden")))
    made.add(image, "app:1")
    (place / "a.json").write_bytes(attest(key, subjects=[Subject("layout manifest", image["digest"])]))
    other = Layout()
    other.add(other.image(tar(put("etc/hostname", b"other"))), "app:1")
    other.write_folder(place / "other")
    assert verify(place, image=("other",)) == 3
    assert "is not the image that was tested" in capsys.readouterr().out
    made.add(made.image(tar(put("etc/hostname", b"other"))), "app:2")
    made.write_folder(place / "both")
    assert verify(place, image=("both",)) == 3
    assert "give the digest of the manifest" in capsys.readouterr().out
    assert verify(place, "--lang", "fr", image=("both",)) == 3
    assert "empreinte du manifeste" in capsys.readouterr().out


def test_standard_input(place: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(attest(key))))
    assert main(["verify-attestation", "-", "--image", str(place / "disk.raw"), "--key", key.public]) == 0


def test_machines_are_told_nothing_of_what_is_not_proven(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(place, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["proven"], found["result"], found["passed"]) == (True, "PASSED", ["AAA-01"])
    assert found["subjects"] == [{"name": "disk.raw", "digest": DIGEST}]
    assert verify(place, "--json", image=("planted.raw",)) == 3
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"proven", "result", "reasons"}
    assert (found["proven"], found["result"]) == (False, None)


def test_hostile_files_are_one_reason(place: Path, key: Key, capsys: pytest.CaptureFixture[str]) -> None:
    for data in (b"", b"[" * 100_000, b'{"a":' * 100_000, b" " * 3_000_000, sign_data(b"[" * 300_000, key)):
        (place / "a.json").write_bytes(data)
        assert verify(place) == 3
        captured = capsys.readouterr()
        assert captured.out.count("\n") == 2
        assert not captured.err


def test_names_speak_to_no_terminal_and_no_build_service(
    place: Path, key: Key, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "a.json").write_bytes(attest(key, subjects=[SUBJECT, Subject("\x1b[2J\n##vso[task]", DIGEST)]))
    assert verify(place) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "##vso[" not in out
