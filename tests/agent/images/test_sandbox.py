"""What a process in the cage can't do any more, each tried from inside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TRIES = {
    "open('/etc/hostname')": "PermissionError",
    "os.listdir('/')": "PermissionError",
    "open(own + '/new', 'w')": "PermissionError",
    "open(own + '/image', 'r+b')": "PermissionError",
    "os.mkdir(own + '/folder')": "PermissionError",
    "os.unlink(own + '/image')": "PermissionError",
    "socket.socket()": "PermissionError",
    "socket.socketpair()": "PermissionError",
    "os.execv('/bin/true', ['true'])": "PermissionError",
    "bytearray(2 << 30)": "MemoryError",
    "int(libc.ptrace(0, 0, 0, 0) == -1) / 0": "ZeroDivisionError",
    "open(own + '/image', 'rb').read()": "",
    "__import__('decimal')": "",
    "os.urandom(4)": "",
}
PROGRAM = """
import ctypes, os, resource, socket, sys
from rempart_agent.images import sandbox
own, code = sys.argv[1:]
print(sandbox.enter([own + "/image"]))
libc = ctypes.CDLL(None, use_errno=True)
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
try:
    eval(code)
except BaseException as error:
    print(type(error).__name__)
else:
    print()
"""


@pytest.mark.parametrize("code", TRIES)
def test_each_refusal_and_what_is_left(code: str, tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"image")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    inside, said = done.stdout.split("\n")[:2]
    if "landlock" not in inside or "seccomp" not in inside:
        pytest.skip(f"this kernel gives {inside}")
    assert said == TRIES[code]
    assert (tmp_path / "image").read_bytes() == b"image"


def test_what_the_parent_holds_is_no_part_of_the_limit() -> None:
    program = """
import mmap, os
from rempart_agent.images import sandbox
held = mmap.mmap(-1, 3 << 30)  # addresses, of which nothing is used
sandbox.enter()
bytearray(100 << 20)
try:
    bytearray(1 << 30)
except MemoryError:
    print("limited")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=os.environ)
    assert (done.returncode, done.stdout) == (0, "limited\n"), done.stderr
