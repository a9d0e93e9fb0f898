"""The conversation in which a controller takes documents from a spool, through the standard input and output.

Frames, both ways, as :mod:`rempart_agent.channels.framing` has them. First ``MAGIC``, then a frame of JSON:
``{"hello": 1, "machine_id": …, "key": …, "waiting": [[number, size], …], "last": size}``. Questions are frames of JSON:
``{"send": number}`` (0 for the last one that was stored) is answered by a frame with the document, empty where there is
none, signed flat as 0.1.0 did; with ``"envelope": "dsse"`` in it, which an agent of 0.1.0 passes over, the document
comes as it was signed; ``{"stored": [[number, digest], …]}`` by ``{"gone": [number, …]}``. It ends with the connection.
"""

import json
from collections.abc import Callable
from typing import IO, Any

from rempart_agent.channels.framing import SIZE
from rempart_agent.installed.spool import Spool
from rempart_agent.machine_identity import read_identity
from rempart_core.error import SpoolError
from rempart_core.messages.message import Message

MAGIC = b"rempart-spool\n"
"""What is printed before anything else: what stands before it is the noise of a login."""

_MAX_QUESTION = 1 << 20


def deliver(
    spool: Spool, key: str, questions: IO[bytes], answers: IO[bytes], flatten: Callable[[bytes], bytes]
) -> None:
    """Answer a controller until it goes.

    Args:
        spool: The spool.
        key: The endpoint's public key, in hex.
        questions: Where it asks.
        answers: Where it listens.
        flatten: Signs a document anew for a controller of 0.1.0.

    Raises:
        SpoolError: The spool can't be read, or the controller asks for something else.
    """
    waiting = [list(one) for one in spool.waiting()]
    hello = {"hello": 1, "machine_id": read_identity(), "key": key, "waiting": waiting, "last": len(spool.last())}
    answers.write(MAGIC)
    _say(answers, json.dumps(hello).encode())
    while (question := _hear(questions)) is not None:
        match question:
            case {"send": int(number), "envelope": "dsse"}:
                _say(answers, spool.read(number) if number else spool.last())
            case {"send": int(number)}:
                last = b"" if number else spool.last()
                _say(answers, spool.rewrite(number, flatten) if number else last and flatten(last))
            case {"stored": list(stored)}:
                gone = spool.confirm([(int(number), str(digest)) for number, digest in stored])
                _say(answers, json.dumps({"gone": gone}).encode())
            case _:
                raise SpoolError(Message("agent.controller_asks"))


def _say(answers: IO[bytes], data: bytes) -> None:
    answers.write(SIZE.pack(len(data)) + data)
    answers.flush()


def _hear(questions: IO[bytes]) -> Any:
    """Return the next question; None where there are no more."""
    head = questions.read(SIZE.size)
    if len(head) < SIZE.size:
        return None
    size = SIZE.unpack(head)[0]
    data = questions.read(size) if size <= _MAX_QUESTION else b""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SpoolError(Message("agent.question")) from error
