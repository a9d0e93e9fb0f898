"""A file of several writers rewritten under their common lock: whole, with its owner, mode and attributes."""

import os

from .contract import Moved
from .place import sync_folder


def replace(path: str, old: bytes, new: bytes) -> None:
    """Put new contents in the place of old ones.

    Raises:
        Moved: It has other contents by now.
    """
    spare = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.rempart")
    found = os.stat(path)
    with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        os.fchown(file.fileno(), found.st_uid, found.st_gid)
        os.fchmod(file.fileno(), found.st_mode & 0o7777)
        for name in os.listxattr(path):
            os.setxattr(file.fileno(), name, os.getxattr(path, name))
        file.write(new)
        file.flush()
        os.fsync(file.fileno())
    with open(path, "rb") as file:
        if file.read() != old:
            os.unlink(spare)
            raise Moved(f"{path} was changed meanwhile", f"{path} a été modifié entre-temps")
    os.replace(spare, path)
    sync_folder(os.path.dirname(path))
