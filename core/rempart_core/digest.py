"""The digest of content: BLAKE2b of 32 bytes, as CPython has it built in.

``hashlib`` brings in OpenSSL, for 3 ms of every start; it is asked only where an interpreter was built without.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import blake2b


def new(data: "bytes | memoryview" = b"") -> "blake2b":
    """Return a hash object over ``data``, with ``update``, ``digest`` and ``hexdigest`` as ``hashlib``'s have them."""
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b

    return blake2b(data, digest_size=32)
