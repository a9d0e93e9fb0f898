"""What reading an image leaves on this machine: nothing, whatever ends it."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.container_images import one_image, put, tar

READ = """
import sys
from rempart_agent.images.containers.container import open_container
image = open_container(sys.argv[1])
count = sum(len(image.read(one.node, 0, 4 << 20)) for one in image.stored() if one.path[0] == "/")
print(count, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with an image and a folder for its spool."""
    (tmp_path / "spool").mkdir()
    noise = random.Random(1).randbytes(3_000_000)  # noqa: S311 - the same bytes each time
    one_image(tmp_path / "image.tar", tar(put("noise", noise)), tar(put(".wh.noise"), put("new", b"x")))
    return tmp_path


def begin(place: Path, *before: str) -> subprocess.Popen[str]:
    """Begin to read the image, and wait until it is read."""
    environment = {**os.environ, "TMPDIR": str(place / "spool")}
    command = [*before, sys.executable, "-c", READ, str(place / "image.tar")]
    pipe = subprocess.PIPE
    reader = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=place)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "3000001\n"
    return reader


def test_the_spool_is_gone_after_kill_9_and_never_had_a_name(place: Path) -> None:
    reader = begin(place)
    held = [os.readlink(f"/proc/{reader.pid}/fd/{one}") for one in os.listdir(f"/proc/{reader.pid}/fd")]
    (spool,) = [one for one in held if one.startswith(str(place / "spool"))]
    assert spool.endswith(" (deleted)")
    assert os.listdir(place / "spool") == []
    reader.kill()
    reader.communicate()
    assert sorted(os.listdir(place)) == ["image.tar", "spool"]
    assert os.listdir(place / "spool") == []


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_nothing_is_opened_for_writing_but_the_spool(place: Path) -> None:
    calls = "trace=%file,ftruncate,fallocate,fchmod,fchown,fsetxattr,mknodat,symlinkat,linkat"
    reader = begin(place, "strace", "-f", "-qq", "-o", str(place / "trace"), "-e", calls)
    reader.communicate()
    assert reader.returncode == 0
    trace = (place / "trace").read_text(encoding="utf-8", errors="replace")
    changing = re.compile(
        r"\b(creat|mkdir\w*|mknod\w*|rename\w*|unlink\w*|rmdir|symlink\w*|link(at)?|ch(mod|own)\w*|truncate)\("
    )
    written = [line for line in trace.splitlines() if re.search(r"O_(WRONLY|RDWR|CREAT|TMPFILE)", line)]
    assert [
        line
        for line in trace.splitlines()
        if changing.search(line) or re.search(r"\bf(truncate|ch\w+|\w+xattr)\(", line)
    ] == []
    assert len(written) == 1, written
    assert f'"{place}/spool", O_RDWR' in written[0].replace("O_RDWR|O_CLOEXEC|O_TMPFILE", "O_RDWR")
    assert "O_TMPFILE" in written[0]
