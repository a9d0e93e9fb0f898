"""Audits of images: what ``--root`` says of the unpacked tree, and no pass where one was not read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from rempart_testing.images import make_btrfs, make_ext, make_squashfs, make_xfs, need

from rempart_agent.audit import pipeline
from rempart_agent.audit.request import Request
from rempart_agent.engine import Images
from rempart_agent.engines.embedded import image_engine
from rempart_core.documents import run_document
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.result import Run, State


def _system(top: Path) -> Path:
    files = {
        "etc/os-release": 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION="13"\nVERSION_ID="13"\n',
        "etc/passwd": "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n",
        "etc/shadow": "root:*:20000:0:99999:7:::\nann::20000:0:99999:7:::\n",
        "etc/group": "root:x:0:\n",
        "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
        "etc/ssh/sshd_config": "PermitRootLogin yes\n",
        "etc/sudoers": "ann ALL=(ALL) NOPASSWD: ALL\n",
        "usr/sbin/sshd": "x",
        "usr/bin/sudo": "x",
        "usr/lib/systemd/systemd": "x",
        "var/lib/dpkg/status": "Package: sudo\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n",
        "var/log/wtmp": "",
        "home/ann/.aws/credentials": "[default]\naws_secret_access_key = not-one\n",
    }
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    (top / "lost+found").mkdir()  # as every ext has one
    (top / "usr/bin/sudo").chmod(0o4755)
    (top / "bin").symlink_to("usr/bin")
    return top


def _audit(**asked: object) -> Run:
    return pipeline.audit(Request(role="image", **asked), lambda _: None)  # type: ignore[arg-type]


def _judged(run: Run) -> dict[str, tuple[object, ...]]:
    return {one.check: (one.state, one.reason, one.evidence, one.failure) for one in run.results}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _system(tmp_path_factory.mktemp("system") / "tree")


def _qcow2(tree: Path, image: Path) -> Path:
    need("qemu-img")
    raw = make_ext(tree, image.with_suffix(".raw"))
    subprocess.run(["qemu-img", "convert", "-c", "-O", "qcow2", str(raw), str(image)], check=True, capture_output=True)
    return image


@pytest.mark.parametrize("make", [make_ext, make_xfs, make_btrfs, make_squashfs, _qcow2])
def test_each_check_says_the_same_as_on_the_unpacked_tree(make: object, system: Path, tmp_path: Path) -> None:
    assert callable(make)
    for path in sorted(system.rglob("*")):
        os.utime(path, (1_790_000_000, 1_790_000_000), follow_symlinks=False)
    wanted = _judged(_audit(root=str(system)))
    run = _audit(images=Images((str(make(system, tmp_path / "image")),)))
    found = _judged(run)
    if make is make_xfs:  # mkfs.xfs gives every file the time at which it is made
        wanted, found = ({key: one[:1] for key, one in part.items()} for part in (wanted, found))
    assert found == wanted
    assert {State.PASS, State.FAIL} <= {one.state for one in run.results}
    assert (run.target.kind, run.role) == ("image", "image")
    assert run.engine.sandbox.startswith("limits")
    assert run_document.read(run_document.write(run)).engine == run.engine


def _cut(image: Path) -> None:
    os.truncate(image, image.stat().st_size // 2)


def _blank(image: Path) -> None:
    image.write_bytes(bytes(1 << 20))


def _squashfs_without_padding(tree: Path, image: Path) -> Path:
    return make_squashfs(tree, image, "-nopad")


@pytest.mark.parametrize("make", [make_ext, make_btrfs, _squashfs_without_padding])
@pytest.mark.parametrize("spoil", [_cut, _blank])
def test_nothing_passes_on_an_image_that_was_not_read_whole(
    make: object, spoil: object, system: Path, tmp_path: Path
) -> None:
    assert callable(make)
    image = make(system, tmp_path / "image")
    assert callable(spoil)
    spoil(image)
    notes: list[Message] = []
    run = pipeline.audit(Request(images=Images((str(image),))), notes.append)
    assert {one.state for one in run.results} == {State.ERROR}
    assert all("not read whole" in one.reason.en for one in run.results)
    assert [note.id for note in notes] == ["engine.image_unread"]


def test_a_reader_that_dies_is_an_error_of_each_check(
    system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_ext(system, tmp_path / "image")
    monkeypatch.setattr(image_engine, "make_target", lambda *_: os._exit(9))
    run = pipeline.audit(Request(images=Images((str(image),))), lambda _: None)
    assert {one.state for one in run.results} == {State.ERROR}


def _refusals(*paths: Path, **asked: Sequence[str] | str) -> str:
    with pytest.raises(UsageError) as error:
        pipeline.audit(Request(images=Images(tuple(map(str, paths))), **asked), lambda _: None)  # type: ignore[arg-type]
    return error.value.message.id


def test_wrong_use_is_told(system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = make_ext(system, tmp_path / "image")
    assert _refusals(tmp_path / "nowhere") == "engine.image"
    assert _refusals(image, image) == "engine.image_unclear"
    assert _refusals(image, root="/") == "engine.image_with"
    assert _refusals(image, engine="osqueryi") == "engine.image_with"
    assert _refusals(image, socket="/x") == "engine.image_with"
    monkeypatch.setattr(image_engine, "_MODULES", ("none_of_this_name",))
    assert _refusals(image) == "engine.image_extra"
