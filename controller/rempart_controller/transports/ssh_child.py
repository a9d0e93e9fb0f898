"""A program on an endpoint, spoken to in turns, its output and its complaints apart; as ``engines.child.Child``."""

import time
from typing import Any

import paramiko

from rempart_agent.channels.child import ChildError, Ended, Heavy, Slow
from rempart_core.messages.message import Message

_MAX_OUTPUT = 64 << 20  # bytes of one answer
_PAUSE = 0.02  # seconds between two looks at two streams, while neither says a thing


class ChannelChild:
    """One program."""

    def __init__(self, channel: paramiko.Channel, command: str, until: float) -> None:
        """Start it.

        Args:
            channel: A session of its own.
            command: What the remote user's shell runs.
            until: The moment (``time.monotonic``) at which all waiting for this endpoint ends.

        Raises:
            Ended: it can't be started.
        """
        self._channel = channel
        self._until = until
        self._said = {1: bytearray(), 2: bytearray()}
        try:
            channel.settimeout(max(0.1, until - time.monotonic()))
            channel.exec_command(command)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise Ended(Message("host.no_command", error=str(error))) from error

    def say(self, text: str) -> None:
        """See Child.say."""
        try:
            self._channel.settimeout(max(0.1, self._until - time.monotonic()))
            self._channel.sendall(text.encode("utf-8", "replace"))
        except (paramiko.SSHException, EOFError, OSError):
            return  # it has ended: whoever waits for its answer is told

    def log_in(self, mark: bytes, prompt: bytes, password: str, until: float) -> None:
        """Wait for ``mark`` in its output, and answer one prompt among its complaints before it.

        Args:
            mark: What the program prints first.
            prompt: In which words a password may be asked for; nothing where none is.
            password: What is answered; ``""`` where there is none.
            until: The moment (``time.monotonic``) after which nothing is waited for.

        Raises:
            ChildError: the mark does not come, or the password is not taken.
        """
        asked = False
        while mark not in self._said[1]:
            if prompt and prompt in self._said[2]:
                if asked or not password:
                    raise ChildError(Message("host.sudo_refuses"))
                asked = True
                self._said[2].clear()
                self.say(password + "\n")
            self._listen(min(until, self._until))
        del self._said[1][: self._said[1].find(mark) + len(mark) + 1]
        self._said[2].clear()

    def hear(self, mark: bytes, until: float) -> tuple[bytes, bytes]:
        """See Child.hear."""
        while not all(mark in said for said in self._said.values()):
            if any(len(said) > _MAX_OUTPUT for said in self._said.values()):
                raise Heavy(Message("host.child_heavy", size=_MAX_OUTPUT >> 20))
            self._listen(min(until, self._until))
        return self._cut(1, mark), self._cut(2, mark)

    def kill(self) -> None:
        """See Child.kill: its session ends, and it with its input."""
        self._channel.close()

    def _cut(self, number: int, mark: bytes) -> bytes:
        said = self._said[number]
        at = said.find(mark)
        text = bytes(said[:at])
        end = said.find(b"\n", at + len(mark))
        del said[: end + 1 if end >= 0 else at + len(mark)]
        return text

    def _listen(self, until: float) -> None:
        """Take what it says; waits a little where it says nothing.

        Raises:
            ChildError: it has ended, or the moment has come.
        """
        if time.monotonic() >= until:
            raise Slow(Message("host.child_late"))
        heard = False
        takes: dict[int, tuple[Any, Any]] = {
            1: (self._channel.recv_ready, self._channel.recv),
            2: (self._channel.recv_stderr_ready, self._channel.recv_stderr),
        }
        try:
            for number, (ready, take) in takes.items():
                while ready():
                    heard = True
                    self._said[number] += take(1 << 16)
                    if len(self._said[number]) > _MAX_OUTPUT:
                        return
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise Ended(str(error) or Message("host.gone")) from error
        if not heard:
            if self._channel.exit_status_ready() or self._channel.closed:
                said = bytes(self._said[2][-400:]).decode("utf-8", "replace").strip().rpartition("\n")[2]
                status = self._channel.exit_status
                raise Ended(
                    Message("host.child_ended_said", status=status, said=said)
                    if said
                    else Message("host.child_ended", status=status)
                )
            self._channel.status_event.wait(_PAUSE)
