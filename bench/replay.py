"""An endpoint that costs next to nothing: for ``ForceCommand``, it answers as a real collector did before.

replay.py record FOLDER     run the real collector, and keep each answer by its question
replay.py answer FOLDER     be one of those that were kept
"""

import json
import marshal
import os
import random
import re
import struct
import subprocess
import sys
import zlib
from typing import Any, BinaryIO

MAGIC = b"rempart-collector\n"


def take(stream: BinaryIO) -> bytes:
    """Return the next frame; ends the program at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        sys.exit()
    return head + stream.read(struct.unpack(">I", head)[0])


def reads_of(frame: bytes) -> list[str]:
    """Return what a question asks, each read as one text."""
    return [json.dumps(read) for read in json.loads(zlib.decompress(frame[4:]))["reads"]]


def first_stage() -> bytes:
    """Take the collector's own text."""
    found: Any = re.search(r"len\(d\)<(\d+)", os.environ["SSH_ORIGINAL_COMMAND"])
    return sys.stdin.buffer.read(int(found.group(1)))


def record(folder: str) -> None:
    """Pass on what is asked and answered, and keep it."""
    command = ["sh", "-c", os.environ["SSH_ORIGINAL_COMMAND"]]
    child: Any = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.write(first_stage())
    child.stdin.flush()
    out = sys.stdout.buffer
    kept: dict[str, bytes] = {}
    out.write(child.stdout.read(len(MAGIC)))
    kept[""] = take(child.stdout)
    out.write(kept[""])
    out.flush()
    try:
        while True:
            question = take(sys.stdin.buffer)
            child.stdin.write(question)
            child.stdin.flush()
            for read in reads_of(question):
                kept[read] = take(child.stdout)
                out.write(kept[read])
            out.flush()
    finally:
        with open(os.path.join(folder, f"{os.getpid()}.part"), "wb") as file:
            marshal.dump(kept, file)
        os.rename(file.name, file.name[: -len(".part")] + ".kept")


def answer(folder: str) -> None:
    """Answer from what was kept of one endpoint; what it was never asked has no rows."""
    names = [name for name in os.listdir(folder) if name.endswith(".kept")]
    with open(os.path.join(folder, random.choice(names)), "rb") as file:  # noqa: S311 - no secret
        kept = marshal.load(file)  # noqa: S302 - our own
    out = sys.stdout.buffer
    out.write(MAGIC)
    out.flush()
    first_stage()
    out.write(kept[""])
    while True:
        for read in reads_of(take(sys.stdin.buffer)):
            known = kept.get(read)
            if known is None:
                data = {"kind": "", "message": "", "columns": json.loads(read)[1], "rows": []}
                packed = zlib.compress(json.dumps(data).encode())
                known = struct.pack(">I", len(packed)) + packed
            out.write(known)
        out.flush()


if __name__ == "__main__":
    {"record": record, "answer": answer}[sys.argv[1]](sys.argv[2])
