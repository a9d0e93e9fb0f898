"""How an agent of 0.1.0 answers a controller: its code, kept, over the present spool (`delivery_before.py FOLDER`)."""

import json
import sys
from typing import IO, Any

from rempart_agent.channels.framing import SIZE
from rempart_agent.installed.spool import Spool
from rempart_agent.machine_identity import read_identity
from rempart_core.error import SpoolError
from rempart_core.messages.message import own
from rempart_core.text import Text

MAGIC = b"rempart-spool\n"
_MAX_QUESTION = 1 << 20


def deliver(spool: Spool, key: str, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer a controller until it goes.

    Args:
        spool: The spool.
        key: The endpoint's public key, in hex.
        questions: Where it asks.
        answers: Where it listens.

    Raises:
        SpoolError: The spool can't be read, or the controller asks for something else.
    """
    waiting = [list(one) for one in spool.waiting()]
    hello = {"hello": 1, "machine_id": read_identity(), "key": key, "waiting": waiting, "last": len(spool.last())}
    answers.write(MAGIC)
    _say(answers, json.dumps(hello).encode())
    while (question := _hear(questions)) is not None:
        match question:
            case {"send": int(number)}:
                _say(answers, spool.read(number) if number else spool.last())
            case {"stored": list(stored)}:
                gone = spool.confirm([(int(number), str(digest)) for number, digest in stored])
                _say(answers, json.dumps({"gone": gone}).encode())
            case _:
                raise SpoolError(
                    own(
                        Text(
                            "the controller asks for something that this version does not know",
                            "the controller asks for something that this version does not know",
                        )
                    )
                )


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
        raise SpoolError(
            own(Text("the controller's question can't be understood", "the controller's question can't be understood"))
        ) from error


if __name__ == "__main__":
    with open(sys.argv[1] + "/key.pub", encoding="ascii") as file:
        deliver(Spool(sys.argv[1]), file.read().strip(), sys.stdin.buffer, sys.stdout.buffer)
