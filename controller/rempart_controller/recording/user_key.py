"""Where the user's own key lies; how keys are made and read: :mod:`rempart_core.signing.key`."""

import os

from rempart_core.signing import key
from rempart_core.signing.key import Key
from rempart_store.location import data_directory

FILE = "signing-key.pem"
VARIABLE = "REMPART_KEY"


def usual_key() -> str:
    """Return where the key lies: ``REMPART_KEY``, else a file in the user's data directory."""
    return os.environ.get(VARIABLE) or os.path.join(data_directory(), FILE)


def load_key(path: str = "", *, create: bool = True) -> Key:
    """Return the user's key, made where there is none.

    Args:
        path: Where it lies; ``""`` for the usual place.
        create: Make it where it is not there.

    Raises:
        KeyFileError: It can't be read or made, others may read it, or it is no Ed25519 key.
    """
    return key.load_key(path or usual_key(), create=create)
