"""Somebody at the screen of a machine of the lab, where a terminal stands for it.

Runs on the machine, as root, with the standard library alone; ends with 0 where a shell answers without any login.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

_UNIT = "getty@tty1.service"
_LINKS = ("/dev/tty0", "/dev/tty1")  # the first says that there is a screen at all


def main() -> int:
    """Start what a start of the system would, and look what it says; 99 where it says nothing."""
    screen, line = pty.openpty()
    for link in _LINKS:
        os.symlink(os.ttyname(line), link)
    try:
        subprocess.run(["systemctl", "daemon-reload"], check=True)
        subprocess.run(["systemctl", "start", _UNIT], check=True)
        return _read(screen)
    finally:
        subprocess.run(["systemctl", "stop", _UNIT], check=False)
        for link in _LINKS:
            os.unlink(link)


def _read(screen: int) -> int:
    said, asked, until = b"", False, time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([screen], [], [], 0.5)[0]:
            said += os.read(screen, 1000)
        end = said.rstrip()
        if end.endswith((b"login:", b"Password:")):
            print(said[-200:])
            return 1
        if end.endswith((b"$", b"#")) and not asked:
            asked = True
            os.write(screen, b"echo $((6 * 1111))\n")
        if asked and b"6666" in said:
            return 0
    print(said[-200:])
    return 99


if __name__ == "__main__":
    sys.exit(main())
