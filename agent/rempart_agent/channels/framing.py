"""Frames on a stream: four bytes of size (big-endian), then that many bytes; before the first, a mark.

What stands before the mark is the noise of a login, or a prompt for a password that is answered.
"""

import struct

from rempart_agent.channels.stream import Expired, Stream, StreamError
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message
from rempart_core.text import clean_line

SIZE = struct.Struct(">I")
_MAX_NOISE = 1 << 16  # bytes that may stand before the mark: banners, a password prompt
_UNFOUND = ("command not found", "commande introuvable")


class Frames:
    """The frames of one endpoint, which may lie: sizes are checked before anything is taken."""

    def __init__(self, stream: Stream) -> None:
        """Use a stream; its deadline is the endpoint's."""
        self._stream = stream
        self._buffer = bytearray()
        self._at = 0  # what stands before it in the buffer is taken

    def await_mark(self, mark: bytes, prompt: bytes = b"", password: str = "") -> None:
        """Pass over what a login prints, answer the prompt for a password, stop behind the mark.

        Args:
            mark: What the program on the endpoint prints first.
            prompt: The words in which a password is asked for; none where it is not asked for.
            password: What is answered.

        Raises:
            EndpointError: The password is not taken, or the mark does not come.
            StreamError: The stream ends before.
        """
        asked = 0
        while True:
            at = self._buffer.find(mark)
            if at >= 0:
                del self._buffer[: at + len(mark)]
                return
            at = self._buffer.find(prompt) if prompt else -1
            if at >= 0:
                asked += 1
                if asked > 1 or not password:
                    raise EndpointError(Message("host.sudo_refuses" if asked > 1 else "host.sudo_asks"), "become")
                del self._buffer[: at + len(prompt)]
                self._stream.write(password.encode() + b"\n")
                continue
            if len(self._buffer) > _MAX_NOISE:
                raise EndpointError(Message("host.no_greeting"), "protocol")
            self._buffer += self._stream.read(1 << 16)

    def explain(self, error: StreamError, program: str, otherwise: Message) -> EndpointError:
        """Say why no mark came, from what was printed instead.

        Args:
            error: How the stream ended.
            program: What was to be started.
            otherwise: What could not be done, where nothing tells why.
        """
        said = clean_line(bytes(self._buffer[-2000:]).decode("utf-8", "replace").strip().rpartition("\n")[2])[:200]
        if isinstance(error, Expired):
            late = Message("host.deadline_said", said=said) if said else Message("host.deadline")
            return EndpointError(late, "timeout")
        low = said.lower()
        if low.startswith("sudo: ") and low.endswith(_UNFOUND):  # sudo let us, and found nothing to run
            return EndpointError(Message("host.no_program", program=program, said=said), "no_python")
        if "must have a tty" in low:
            return EndpointError(Message("host.requiretty"), "become")
        if "sudo" in low or "password" in low or low.startswith("su: "):
            return EndpointError(Message("host.become", said=said), "become")
        if str(error).endswith("exit status 127"):  # of a shell that finds no such program
            return EndpointError(Message("host.no_program", program=program, said=said or str(error)), "no_python")
        return EndpointError(Message("text.labelled", label=otherwise, text=said or str(error)), "refused")

    def take(self, limit: int) -> bytes:
        """Return the next frame.

        Raises:
            EndpointError: It is larger than ``limit`` bytes.
            StreamError: There is none, or half of one.
        """
        buffer, start = self._buffer, self._at
        if len(buffer) < start + SIZE.size:
            start = self._fill(SIZE.size)
        size: int = SIZE.unpack_from(self._buffer, start)[0]
        if size > limit:
            amount = f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit} bytes"
            raise EndpointError(Message("host.frame_too_large", amount=amount), "protocol")
        if len(buffer) < start + SIZE.size + size:
            start = self._fill(SIZE.size + size)
        start += SIZE.size
        self._at = start + size
        return bytes(buffer[start : self._at])

    def _fill(self, size: int) -> int:
        """Wait until so many bytes that are not taken yet stand in the buffer, and return where they begin."""
        while len(self._buffer) < self._at + size:
            if self._at:
                del self._buffer[: self._at]
                self._at = 0
            self._buffer += self._stream.read(1 << 16)
        return self._at


def ended(error: StreamError) -> EndpointError:
    """Return what it means that a stream ended in the middle of a conversation."""
    if isinstance(error, Expired):
        return EndpointError(Message("host.deadline"), "timeout")
    return EndpointError(Message("host.ended", error=str(error)), "ended")
