"""``rempart audit --image`` of containers, whole: each form that skopeo writes, against the tree that umoci unpacks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.container_images import OCI, Entry, Layout, folder, link, put, tar
from rempart_testing.container_trees import unpack

from rempart_controller.commands.main import main

TIME = 1_790_000_000
FILES = {
    "etc/os-release": 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION="13"\nVERSION_ID="13"\n',
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n",
    "etc/shadow": "root:*:20000:0:99999:7:::\nann::20000:0:99999:7:::\n",
    "etc/group": "root:x:0:\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/ssh/sshd_config": "PermitRootLogin yes\n",
    "etc/sudoers": "ann ALL=(ALL) NOPASSWD: ALL\n",
    "usr/bin/sudo": "x",
    "usr/sbin/sshd": "x",
    "var/lib/dpkg/status": "Package: sudo\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n",
}


def _base(**changed: str) -> bytes:
    files = FILES | {name.replace("__", "/"): text for name, text in changed.items()}
    places = sorted({"/".join(name.split("/")[:end]) for name in files for end in range(1, name.count("/") + 1)})
    members: list[Entry] = [folder("./", mtime=TIME), *(folder(one, mtime=TIME) for one in places)]
    members += [put(name, files[name].encode(), mode=0o4755 if "sudo" in name else 0o644, mtime=TIME) for name in files]
    return tar(*members, link("bin", "usr/bin", mtime=TIME), put("etc/nologin", mtime=TIME))


def _upper() -> bytes:
    return tar(put("etc/.wh.nologin"), put("etc/issue", b"here\n", mtime=TIME))


def _blob(descriptor: dict[str, Any]) -> str:
    return "blobs/" + str(descriptor["digest"]).replace(":", "/")


def _manifest(made: Layout, image: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.files[_blob(image)])
    return found


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    made = Layout()
    made.add(made.image(_base(), _upper()), "app")
    return made.write_folder(tmp_path / "layout")


def audit(place: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Audit, and return the exit status and the run document; ``{}`` where none was written."""
    out = place / "run.json"
    out.unlink(missing_ok=True)
    status = main(["audit", "--role", "image", "--quiet", "--json", str(out), *options])
    return status, json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}


def _judged(run: dict[str, Any]) -> dict[str, Any]:
    said = ("state", "reason", "evidence", "witness", "failure", "incomplete", "parameters")
    return {one["check"]: {name: one.get(name) for name in said} for one in run["results"]}


@pytest.mark.parametrize("form", ["oci:{}/app", "oci-archive:{}/app:app", "docker-archive:{}/app:app:1"])
def test_each_form_is_judged_as_the_tree_that_umoci_unpacks(form: str, layout: Path, tmp_path: Path) -> None:
    if not shutil.which("skopeo") or not shutil.which("umoci"):
        pytest.skip("needs skopeo and umoci")
    if os.geteuid():
        pytest.skip("umoci keeps owners for root only")
    copy = ["skopeo", "--insecure-policy", "copy", f"oci:{layout}:app", form.format(tmp_path)]
    subprocess.run(copy, check=True, capture_output=True)
    root = unpack(layout, "app", tmp_path / "bundle")
    wanted_status, wanted = audit(tmp_path, "--root", str(root))
    status, run = audit(tmp_path, "--image", str(tmp_path / "app"))
    theirs, mine = _judged(wanted), _judged(run)
    searched = theirs.pop("IMG-04"), mine.pop("IMG-04")  # which reads what a later layer deletes, too
    assert [one["state"] for one in searched] == ["pass", "pass"]
    assert mine == theirs
    assert status == wanted_status
    assert {"pass", "fail"} <= {one["state"] for one in mine.values()}
    assert run["target"]["kind"] == "image"


def test_a_deleted_key_is_found_with_the_layer_that_ships_it(tmp_path: Path) -> None:
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], check=True, capture_output=True).stdout
    made = Layout()
    middle = made.image(_base(), tar(put("srv/deploy.pem", key)), tar(put("srv/.wh.deploy.pem")))
    made.add(middle, "app")
    path = made.write_archive(tmp_path / "app.tar")
    layer = _manifest(made, middle)["layers"][1]["digest"]
    status, run = audit(tmp_path, "--image", str(path), "--checks", "IMG-04")
    (result,) = run["results"]
    (row,) = [one for one in result["evidence"]["rows"] if one["ok"] == "0"]
    assert (status, result["state"]) == (1, "fail")
    assert row["item"] == "/srv/deploy.pem:1"
    assert f"in layer {layer}, deleted by a later layer" in row["observed"]
    assert key.decode().split("\n")[1] not in json.dumps(run)


def test_the_platform_that_is_asked_for_is_the_one_that_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Layout()
    strict = made.image(_base(etc__ssh__sshd_config="PermitRootLogin no\n"), platform="linux/arm64/v8")
    made.add(made.index(made.image(_base(), platform="linux/amd64"), strict), "app")
    path = str(made.write_archive(tmp_path / "app.tar"))
    for platform, verdict in (("linux/amd64", (1, "fail")), ("linux/arm64", (0, "pass"))):
        status, run = audit(tmp_path, "--image", path, "--image-platform", platform, "--checks", "RMT-01")
        assert (status, run["results"][0]["state"]) == verdict
    assert audit(tmp_path, "--image", path) == (2, {})
    said = capsys.readouterr().err
    assert all(one in said for one in ("--image-platform", "linux/amd64", "linux/arm64"))
    assert audit(tmp_path, "--image", path, "--image-platform", "linux/s390x") == (2, {})


def _foreign(path: Path) -> str:
    made = Layout()
    layer = {**made.blob(_base(), OCI + "layer.nondistributable.v1.tar"), "urls": ["https://example.invalid/layer"]}
    made.add(made.image(_base(), change={"layers": [layer]}), "app")
    made.write_archive(path)
    return "lies elsewhere (a foreign layer)"


def _changed(path: Path) -> str:
    made = Layout()
    made.add(made.image(_base(), packed=""), "app")
    for name, data in made.files.items():
        made.files[name] = data.replace(b"PermitRootLogin yes", b"PermitRootLogin no ")
    made.write_archive(path)
    return "its bytes do not have the digest sha256:"


def _missing(path: Path) -> str:
    made = Layout()
    image = made.image(_base())
    made.add(image, "app")
    del made.files[_blob(_manifest(made, image)["layers"][0])]
    made.write_archive(path)
    return "it lacks"


@pytest.mark.parametrize("spoil", [_foreign, _changed, _missing])
def test_what_was_not_read_whole_is_an_error_of_every_check(spoil: Any, tmp_path: Path) -> None:
    reason = spoil(tmp_path / "app.tar")
    status, run = audit(tmp_path, "--image", str(tmp_path / "app.tar"))
    assert status == 3
    assert {one["state"] for one in run["results"]} == {"error"}
    assert all(reason in one["reason"]["en"] for one in run["results"])


@pytest.mark.parametrize(("language", "word"), [("en", "opening"), ("fr", "ouverture de")])
def test_a_terminal_shows_that_images_are_opened_before_the_first_check(
    layout: Path, language: str, word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(layout.parent)
    (layout.parent / "a\x1b[2J").symlink_to(layout)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    main(["audit", "--image", "a\x1b[2J", "--checks", "IMG-01", "--lang", language])
    said = capsys.readouterr().err
    assert said.index(f"\r\x1b[K{word} a") < said.index("[0/1]")
    assert "\x1b[2J" not in said
