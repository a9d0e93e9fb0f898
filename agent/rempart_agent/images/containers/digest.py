"""Digests as OCI writes them (``sha256:…``), held against the bytes that they name."""

import hashlib

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed

ALGORITHMS = {"sha256": 64, "sha512": 128}
"""The registered algorithms, with the hexadecimal digits of each."""
HEX = "0123456789abcdef"
PIECE = 1 << 20


def check_digest(digest: str) -> str:
    """Return a digest that is written as it has to be.

    Raises:
        Malformed: It is not, or of an algorithm that proves nothing.
    """
    algorithm, _, digits = digest.partition(":")
    if len(digits) != ALGORITHMS.get(algorithm) or digits.strip(HEX):
        raise Malformed("{digest} is no digest by sha256 or sha512", digest=f"{digest[:80]!a}")
    return digest


class Hashes:
    """One or more digests of the same bytes, as they pass by."""

    def __init__(self, *digests: str) -> None:
        """Take the digests that are expected; ``""`` stands for none."""
        self._expected = [one for one in digests if one]
        self._running = {one.partition(":")[0]: hashlib.new(one.partition(":")[0]) for one in self._expected}

    def update(self, data: bytes) -> None:
        """Take more bytes."""
        for one in self._running.values():
            one.update(data)

    def expect(self, name: str) -> None:
        """Hold what came against what was expected.

        Raises:
            Malformed: They differ.
        """
        for digest in self._expected:
            algorithm, _, digits = digest.partition(":")
            if self._running[algorithm].hexdigest() != digits:
                raise Malformed("{name}: its bytes do not have the digest {digest}", name=name, digest=digest)


def hash_layer(layer: Layer, algorithm: str = "sha256") -> str:
    """Return the digest of all bytes of a layer.

    Args:
        layer: The bytes; they are read in pieces.
        algorithm: ``sha256`` or ``sha512``, as hashlib calls it.

    Raises:
        Unfit: They can't be read.
    """
    running = hashlib.new(algorithm)
    for position in range(0, layer.size, PIECE):
        running.update(layer.read_at(position, min(PIECE, layer.size - position)))
    return f"{algorithm}:{running.hexdigest()}"


def verify(layer: Layer, digest: str) -> None:
    """Hold all bytes of a layer against a digest.

    Args:
        layer: The bytes; they are read in pieces.
        digest: ``sha256:…`` or ``sha512:…``.

    Raises:
        Malformed: They differ.
        Unfit: They can't be read.
    """
    hashes = Hashes(digest)
    for position in range(0, layer.size, PIECE):
        hashes.update(layer.read_at(position, min(PIECE, layer.size - position)))
    hashes.expect(layer.name)
