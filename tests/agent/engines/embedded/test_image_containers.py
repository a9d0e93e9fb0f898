"""Audits of container images: what ``--root`` says of the merged tree, and no pass where one was not read."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest
from rempart_testing.container_images import Entry, Layout, folder, link, put, tar

from rempart_agent.audit import pipeline
from rempart_agent.audit.request import Request
from rempart_agent.cli.base import images_of
from rempart_agent.engine import Images
from rempart_core.error import UsageError
from rempart_core.model.result import Run, State

TIME = 1_790_000_000
FILES = {
    "etc/os-release": 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION="13"\nVERSION_ID="13"\n',
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n",
    "etc/shadow": "root:*:20000:0:99999:7:::\nann::20000:0:99999:7:::\n",
    "etc/group": "root:x:0:\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/sudoers": "ann ALL=(ALL) NOPASSWD: ALL\n",
    "usr/bin/sudo": "x",
    "var/lib/dpkg/status": "Package: sudo\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n",
}


def _layers() -> list[bytes]:
    places = sorted({"/".join(name.split("/")[:end]) for name in FILES for end in range(1, name.count("/") + 1)})
    base: list[Entry] = [folder("./", mtime=TIME), *(folder(one, mtime=TIME) for one in places)]
    base += [
        put(name, text.encode(), mode=0o4755 if name.endswith("sudo") else 0o644, mtime=TIME)
        for name, text in FILES.items()
    ]
    base.append(link("bin", "usr/bin", mtime=TIME))
    return [tar(*base, put("etc/nologin", mtime=TIME)), tar(put("etc/.wh.nologin"))]


def _write(path: Path, *platforms: str) -> Path:
    made = Layout()
    made.add(made.index(*(made.image(*_layers(), platform=one) for one in platforms or ("linux/amd64",))), "app:1")
    return made.write_archive(path)


def _unpack(top: Path) -> Path:
    for name, text in FILES.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
        (top / name).chmod(0o4755 if name.endswith("sudo") else 0o644)
    (top / "bin").symlink_to("usr/bin")
    for path in [top, *top.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
        os.utime(path, (TIME, TIME), follow_symlinks=False)
    return top


def _audit(**asked: object) -> Run:
    return pipeline.audit(Request(role="image", **asked), lambda _: None)  # type: ignore[arg-type]


def _judged(run: Run) -> dict[str, tuple[object, ...]]:
    return {one.check: (one.state, one.reason, one.evidence, one.failure) for one in run.results}


def test_each_check_says_the_same_as_on_the_merged_tree(tmp_path: Path) -> None:
    wanted = _audit(root=str(_unpack(tmp_path / "root")))
    run = _audit(images=Images((str(_write(tmp_path / "app.tar")),)))
    mine, theirs = _judged(run), _judged(wanted)
    assert mine.pop("IMG-04")[:2] == theirs.pop("IMG-04")[:2]  # which counts what a later layer deletes too
    assert mine == theirs
    assert {State.PASS, State.FAIL} <= {one.state for one in run.results}
    assert run.engine.sandbox.startswith("limits")


def test_a_changed_layer_and_one_too_large_pass_nowhere(tmp_path: Path) -> None:
    path = _write(tmp_path / "app.tar")
    run = _audit(images=Images((str(path),), maximum=1 << 10))
    assert {one.state for one in run.results} == {State.ERROR}
    assert all("--image-max" in one.reason.en for one in run.results)
    data = bytearray(path.read_bytes())
    data[data.rindex(b"\x1f\x8b") + 20] ^= 1
    path.write_bytes(data)
    assert {one.state for one in _audit(images=Images((str(path),))).results} == {State.ERROR}


def test_a_secret_in_the_environment_or_the_history_is_found_and_never_shown(tmp_path: Path) -> None:
    key, token = "AKIA" + "Q3EGRIZ7HW4XN2LP", "glpat-" + "x8Rk2Jq9Lw4Tz7Vb1NcM"
    settings = {
        "config": {"Env": ["PATH=/bin", f"AWS_ACCESS_KEY_ID={key}"]},
        "history": [{"created_by": f"RUN |1 TOKEN={token} make"}],
    }
    made = Layout()
    made.add(made.image(*_layers(), settings=settings), "app:1")
    run = _audit(images=Images((str(made.write_archive(tmp_path / "app.tar")),)), globs=("IMG-04",))
    (result,) = run.results
    assert result.state is State.FAIL
    said = repr(result)
    assert "(image configuration)/Env" in said
    assert "(image configuration)/history" in said
    assert key not in said
    assert token not in said


def test_several_platforms_are_listed_and_one_is_chosen(tmp_path: Path) -> None:
    path = str(_write(tmp_path / "app.tar", "linux/amd64", "linux/arm64"))
    with pytest.raises(UsageError, match="--image-platform") as error:
        _audit(images=Images((path,)))
    assert all(one in str(error.value) for one in ("linux/amd64", "linux/arm64"))
    run = _audit(images=Images((path,), platform="linux/arm64/v8"))
    assert State.PASS in {one.state for one in run.results}


def test_a_size_goes_to_the_reader_and_needs_an_image() -> None:
    options = argparse.Namespace(image=["a"], root=None, image_root="", image_platform="", image_ref="", image_max=7)
    images = images_of(options)
    assert images is not None
    assert images.maximum == 7
    options.image_max = 0
    images = images_of(options)
    assert images is not None
    assert images.maximum == 32 << 30
    options.image, options.image_max = [], 7
    with pytest.raises(UsageError, match="--image-max needs"):
        images_of(options)
