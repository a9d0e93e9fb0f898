"""From an image to its proof: audited, signed for, verified by us and by cosign; another image proves nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from rempart_testing.container_images import Layout, docker_files, folder, put, tar, write_tar
from rempart_testing.images import make_ext

from rempart_controller.commands.main import main
from rempart_core.signing.key import load_key
from rempart_core.signing.statement import PREDICATE_TYPE

CHECKS = "RMT-01"
FILES = {
    "etc/os-release": "ID=debian\nVERSION_ID=13\n",
    "etc/passwd": "root:x:0:0::/root:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/ssh/sshd_config": "PermitRootLogin no\n",
    "usr/sbin/sshd": "x",
    "var/lib/dpkg/status": "Package: sshd\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n",
}
PLANTED = FILES | {"etc/ssh/sshd_config": "PermitRootLogin yes\n"}


def _disk(path: Path, files: dict[str, str]) -> Path:
    tree = path.with_suffix(".tree")
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, encoding="utf-8")
    return make_ext(tree, path)


def _layer(files: dict[str, str]) -> bytes:
    places = sorted({"/".join(name.split("/")[:end]) for name in files for end in range(1, name.count("/") + 1)})
    return tar(*(folder(one) for one in places), *(put(name, text.encode()) for name, text in files.items()))


def audit(place: Path, image: Path, *options: str) -> int:
    """Audit an image and sign for it with ``ci.pem``."""
    signed = ["--attest", str(place / "a.json"), "--attest-key", str(place / "ci.pem")]
    out = ["--quiet", "--json", str(place / "run.json")]
    return main(["audit", "--image", str(image), "--checks", CHECKS, *signed, *out, *options])


def verify(place: Path, image: Path | str, *options: str, key: str = "ci.pem") -> int:
    """Verify the attestation of an image with the public half of a key."""
    public = load_key(str(place / key)).public
    return main(["verify-attestation", str(place / "a.json"), "--image", str(image), "--key", public, *options])


def test_a_disk_from_its_audit_to_its_proof(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, planted = _disk(tmp_path / "good.raw", FILES), _disk(tmp_path / "planted.raw", PLANTED)
    assert audit(tmp_path, good) == 0
    assert verify(tmp_path, good, "--max-age", "1d", "--require", "RMT-01") == 0
    assert capsys.readouterr().out.startswith("PASSED")
    for image, options, key in (
        (planted, (), "ci.pem"),
        (good, (), "other.pem"),
        (good, ("--require", "IMG-04"), "ci.pem"),
    ):
        assert verify(tmp_path, image, *options, key=key) == 3
        assert capsys.readouterr().out.startswith("NOT PROVEN")
    _expect_cosign(tmp_path, good, planted)
    _change_byte(tmp_path / "a.json")
    assert verify(tmp_path, good) == 3
    assert audit(tmp_path, planted) == 1
    assert verify(tmp_path, planted) == 1
    assert verify(tmp_path, good) == 3
    _change_byte(planted)
    assert verify(tmp_path, planted) == 3


def _change_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _expect_cosign(place: Path, good: Path, other: Path) -> None:
    """Hold the attestation against cosign, where it is installed."""
    cosign = shutil.which("cosign")
    if cosign is None:
        return
    public = ["openssl", "pkey", "-in", str(place / "ci.pem"), "-pubout", "-out", str(place / "ci.pub")]
    subprocess.run(public, check=True, capture_output=True)
    command = [cosign, "verify-blob-attestation", "--key", str(place / "ci.pub"), "--signature", str(place / "a.json")]
    command += ["--insecure-ignore-tlog", "--type", PREDICATE_TYPE]
    found = [subprocess.run([*command, str(one)], capture_output=True, check=False).returncode for one in (good, other)]
    assert found[0] == 0
    assert found[1] != 0


def test_a_container_is_proven_by_its_file_and_by_its_manifest(tmp_path: Path) -> None:
    made = Layout()
    image = made.image(_layer(FILES))
    made.add(image, "app:1")
    path = made.write_archive(tmp_path / "app.tar")
    assert audit(tmp_path, path) == 0
    assert [verify(tmp_path, one) for one in (path, image["digest"])] == [0, 0]
    said = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["container"]
    assert (said["manifest"], said["only"], said["platform"]) == (image["digest"], True, "linux/amd64")
    layout = made.write_folder(tmp_path / "layout")
    assert audit(tmp_path, layout) == 0
    assert [verify(tmp_path, one) for one in (path, image["digest"])] == [3, 0]


def test_a_container_that_was_not_read_whole_is_not_signed_for(tmp_path: Path) -> None:
    """Nor is what was signed before left."""
    made = Layout()
    made.add(made.image(_layer(FILES)), "app:1")
    path = made.write_archive(tmp_path / "app.tar")
    assert audit(tmp_path, path) == 0
    data = bytearray(path.read_bytes())
    data[data.rindex(b"\x1f\x8b") + 20] ^= 1
    path.write_bytes(data)
    assert audit(tmp_path, path) == 3
    assert not (tmp_path / "a.json").exists()


def test_of_several_images_the_one_that_was_judged_is_proven(tmp_path: Path) -> None:
    made = Layout()
    good, planted = made.image(_layer(FILES)), made.image(_layer(PLANTED))
    made.add(good, "app:1")
    made.add(planted, "app:2")
    path = made.write_archive(tmp_path / "app.tar")
    assert audit(tmp_path, path, "--image-ref", "app:1") == 0
    assert [verify(tmp_path, one) for one in (path, good["digest"], planted["digest"])] == [3, 0, 3]
    assert audit(tmp_path, path, "--image-ref", planted["digest"]) == 1
    assert [verify(tmp_path, one) for one in (path, good["digest"], planted["digest"])] == [3, 3, 1]


def test_an_archive_of_docker_is_proven_by_its_file_and_its_configuration(tmp_path: Path) -> None:
    files = docker_files(_layer(FILES))
    path = write_tar(tmp_path / "app.tar", files)
    config = next(name for name in files if name.endswith(".json") and name != "manifest.json").removesuffix(".json")
    assert audit(tmp_path, path) == 0
    assert [verify(tmp_path, one) for one in (path, f"sha256:{config}", "sha256:" + "0" * 64)] == [0, 0, 3]
