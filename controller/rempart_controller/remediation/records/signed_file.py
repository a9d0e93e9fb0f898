"""Files that only we can have written: a plan, the record of a change, each in a signed envelope.

A plan says what will be done as root on many machines, so one that somebody has touched is refused, whoever it was.
"""

import json
import os
from typing import Any

from rempart_core.error import RemediationError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, is_signed
from rempart_core.suggestion import quoted

_LIMIT = 256 << 20


def write_sealed(path: str, schema: str, body: Any, key: Key) -> None:
    """Write a file whole or not at all, readable by its owner alone.

    Args:
        path: Where.
        schema: What it is, as ``rempart.plan/1``.
        body: What JSON can hold.
        key: What signs.

    Raises:
        RemediationError: It can't be written.
    """
    text = canonicalise(dsse.sign({"schema": schema, "body": body}, key))
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(text + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except OSError:
            os.unlink(beside)
            raise
    except OSError as error:
        raise RemediationError(Message("file.unwritable", path=path, error=reason_of(error))) from error


def read_sealed(path: str, schema: str, key: Key) -> Any:
    """Return the body of a file that was signed with a key.

    Args:
        path: The file.
        schema: What it must be, as ``rempart.plan/1``.
        key: What must have signed it.

    Raises:
        UsageError: It can't be read, is something else, or not as it was written.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(_LIMIT + 1)
        found, body, public, right = _open(json.loads(data.decode("utf-8")))
    except OSError as error:
        raise UsageError(Message("file.unreadable", path=path, error=reason_of(error))) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(Message("change.no_signed_file", path=path, what=schema.partition("/")[0])) from error
    if right and found != schema:
        raise UsageError(Message("change.other_schema", path=path, schema=schema, found=quoted(str(found))))
    if public != key.public:
        raise UsageError(Message("change.other_key", path=path, other=public[:16], own=key.public[:16]))
    if not right:
        raise UsageError(Message("change.altered", path=path))
    return body


def _open(data: Any) -> tuple[Any, Any, str, bool]:
    """Return schema, body and public key of a file, and whether that key signed it.

    Raises:
        ValueError, KeyError, TypeError: It is no file of ours.
    """
    if "payload" in data:
        signed = dsse.read(data)
        if signed is None:
            raise ValueError("no envelope")
        if not signed.right:
            return "", None, signed.key, False
        return signed.statement["schema"], signed.statement["body"], signed.key, True
    schema, body, public, signature = (data[name] for name in ("schema", "body", "key", "signature"))
    try:  # as 0.1.0 wrote it: the signature is over schema and body alone
        right = is_signed(canonicalise({"schema": schema, "body": body}), str(signature), str(public))
    except ValueError:
        right = False
    return schema, body, str(public), right
