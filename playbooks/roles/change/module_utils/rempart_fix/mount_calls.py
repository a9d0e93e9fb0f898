"""mount(2) and umount2(2)."""

import ctypes
import os
from typing import Optional

REMOUNT, BIND, WITH_ALL_BELOW = 32, 4096, 16384
_PRIVATE, _DETACH, _NO_LINK = 1 << 18, 2, 8


def call_mount(path: str, flags: int, source: Optional[str] = None) -> None:
    """Call mount(2) for what is mounted already, or for a folder that is there (``source``).

    Raises:
        OSError: The kernel refuses it.
    """
    library = ctypes.CDLL(None, use_errno=True)
    device = None if source is None else os.fsencode(source)
    _expect(library.mount(device, os.fsencode(path), None, ctypes.c_ulong(flags), None), path)


def take_down(path: str) -> None:
    """Unmount what is mounted at a path; who has a file open there keeps it.

    What is mounted below would be unmounted with its twin below the folder itself, were they of one group: that is left
    first.

    Raises:
        OSError: The kernel refuses it.
    """
    call_mount(path, _PRIVATE)
    library = ctypes.CDLL(None, use_errno=True)
    _expect(library.umount2(os.fsencode(path), _DETACH | _NO_LINK), path)


def _expect(status: int, path: str) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
