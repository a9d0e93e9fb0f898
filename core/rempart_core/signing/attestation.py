"""An attestation: a statement of what was tested in a signed envelope, and its proof.

The signature is verified first; only what a key signed that the reader names is parsed.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from rempart_core.error import AttestationError
from rempart_core.messages.message import Message
from rempart_core.signing import dsse, statement
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key
from rempart_core.signing.statement import Statement
from rempart_core.signing.strict_json import read_object

SIZE_LIMIT = 2 * statement.SIZE_LIMIT
_DEPTH = 4
_AHEAD = 300  # seconds that two clocks may differ by


class Wanted(NamedTuple):
    """What a reader wants to have proven.

    Attributes:
        keys: Public keys, hex; one of them must have signed.
        images: The digests of each image (``sha256:…``), by the name that the reader gave it: one of them must be a
            subject.
        now: The reader's clock, seconds since 1970.
        max_age: The most seconds since the test ended; 0 for any.
        required: Checks that must have passed.
    """

    keys: Collection[str]
    images: Mapping[str, Collection[str]]
    now: float
    max_age: int = 0
    required: tuple[str, ...] = ()


class Proof(NamedTuple):
    """What was found.

    Attributes:
        faults: Why nothing is proven; empty where it is.
        statement: What was signed; None where no known key signed anything that can be read.
        key: The public key that signed; ``""`` where none is known to have.
    """

    faults: tuple[Message, ...]
    statement: Statement | None = None
    key: str = ""

    @property
    def status(self) -> int:
        """Return 0 for genuine and good, 1 for genuine and FAILED, 3 for not proven."""
        if self.faults or self.statement is None:
            return 3
        return int(self.statement.result == statement.FAILED)


def sign(said: Statement, key: Key) -> bytes:
    """Return an attestation, one line of canonical JSON.

    Args:
        said: What is attested.
        key: What signs.

    Raises:
        AttestationError: It says nothing of any image, or more than a reader takes.
    """
    payload = statement.write(said)
    statement.read(payload)  # what would be refused is not signed
    return canonicalise(dsse.sign_payload(statement.MEDIA_TYPE, payload, key)) + b"\n"


def prove(data: bytes, wanted: Wanted) -> Proof:
    """Prove an attestation, or say all that is missing.

    Args:
        data: The attestation, SIZE_LIMIT bytes and one at most.
        wanted: What is to be proven.
    """
    try:
        sealed = dsse.unwrap(read_object(data, SIZE_LIMIT, _DEPTH))
    except ValueError:
        sealed = None
    if sealed is None:
        return Proof((Message("attest.no_envelope"),))
    if not sealed.right:
        return Proof((Message("attest.signature"),))
    if sealed.key not in wanted.keys:
        return Proof((Message("attest.other_key", key=sealed.key),))
    if sealed.kind != statement.MEDIA_TYPE:
        return Proof((Message("attest.other_type", type=sealed.kind[:200], known=statement.MEDIA_TYPE),))
    try:
        said = statement.read(sealed.payload)
    except AttestationError as error:
        return Proof((error.message,), None, sealed.key)
    return Proof((*_find_images(said, wanted), *_find_age(said, wanted), *_find_checks(said, wanted)), said, sealed.key)


def _find_images(said: Statement, wanted: Wanted) -> list[Message]:
    known = {one.digest for one in said.subjects}
    faults = [
        Message("attest.other_image", image=name, digest=", ".join(sorted(digests)))
        for name, digests in wanted.images.items()
        if known.isdisjoint(digests)
    ]
    return faults if wanted.images else [Message("attest.no_image")]


def _find_age(said: Statement, wanted: Wanted) -> list[Message]:
    age = wanted.now - said.made
    if age < -_AHEAD:
        return [Message("attest.ahead", moment=said.configuration.ended)]
    if wanted.max_age and age > wanted.max_age:
        return [Message("attest.too_old", moment=said.configuration.ended)]
    return []


def _find_checks(said: Statement, wanted: Wanted) -> list[Message]:
    found = []
    for check in wanted.required:
        if check in said.passed:
            continue
        if check in said.not_judged:
            found.append(Message("attest.check_not_judged", check=check))
        elif check in said.waived:
            found.append(Message("attest.check_waived", check=check))
        elif check in said.warned or check in said.failed:
            found.append(Message("attest.check_failed", check=check))
        elif check in said.not_tested:
            found.append(Message("attest.check_not_tested", check=check))
        else:
            found.append(Message("attest.check_missing", check=check))
    return found
