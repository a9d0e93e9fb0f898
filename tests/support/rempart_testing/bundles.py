"""A store whose documents are signed: three nights of two hosts, and what its bundles prove."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

from rempart_core.model.result import Run, State
from rempart_core.signing.bundle import verify
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key
from rempart_testing.run import BEGINNING, make_result, make_run
from rempart_testing.signed import again

NIGHTS = 3


def run_of(host: str, night: int) -> Run:
    """Return the run of a host in a night: one check fails in the second."""
    state = State.FAIL if night == 1 else State.PASS
    results = [make_result("AAA-01", state, ["é😀\x00"] if night == 1 else []), make_result("AAA-02", State.PASS)]
    return make_run(host, BEGINNING + night * 86_400, results)


def prove(data: bytes, keys: tuple[str, ...] = (), head: str = "") -> tuple[str, int]:
    """Return what is wrong with a bundle, and the number of the link."""
    proof = verify(io.BytesIO(data), keys, head)
    return str(proof.fault or ""), proof.number


def rewrite(place: Path, *statements: str) -> None:
    """Do to a store what somebody does who may write to it and has no key."""
    connection = sqlite3.connect(place)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def sign_again(bundle: bytes, key: Key, **changes: object) -> bytes:
    """Return a bundle with another header, signed with another key."""
    head, *rest = bundle.splitlines(keepends=True)
    return b"".join([canonicalise(again(head, key, **changes)) + b"\n", *rest])


def line_of(data: object) -> bytes:
    """Return a line of a bundle."""
    return canonicalise(data) + b"\n"
