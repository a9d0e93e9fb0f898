"""The transport for hosts whose connection is ``local``: this machine, through a collector as on any other."""

import os
import select
import subprocess
from collections.abc import Sequence

from rempart_agent.channels.stream import Expired, Gone, Stream
from rempart_agent.engine import Engine
from rempart_agent.engines.embedded.engine import user_name
from rempart_agent.engines.remote.collector_client import Collector
from rempart_agent.engines.remote.engine import Remote
from rempart_controller.inventory.host import Host
from rempart_controller.schedule.job import MARK
from rempart_controller.transports.become import start_of, with_rights
from rempart_controller.transports.contract import ConnectionRequest, Launched, Transport
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of


def open_transport() -> Transport:
    """Return the transport."""
    return Local()


class Local:
    """See Transport."""

    def address(self, host: Host) -> str:
        """See Transport.address."""
        return f"local {host.name}"

    def open(self, host: Host, request: ConnectionRequest) -> Engine:
        """See Transport.open."""
        if request.engine not in {"auto", "embedded"}:
            raise EndpointError(Message("host.engine_local", engine=request.engine), "settings")
        if os.environ.get(MARK):
            raise EndpointError(
                Message("host.service_confined"),
                "settings",
            )
        start = start_of(host, user_name())
        stream = ProcessStream(start.command)
        stream.until = request.until
        request.connected()
        try:
            return Remote(
                Collector(stream, start.password, start.prompt),
                request.first,
                redact=request.redact,
                database=request.database,
                read_deadline=request.deadline,
                history=request.history,
            )
        except BaseException:
            stream.close()
            raise

    def launch(self, host: Host, command: Sequence[str], request: ConnectionRequest) -> Launched:
        """See Launcher.launch."""
        start = with_rights(host, user_name(), tuple(command))
        stream = ProcessStream(start.command)
        stream.until = request.until
        request.connected()
        return Launched(stream, start.prompt, start.password)


class ProcessStream(Stream):
    """The standard input and output of a child process; what it complains of comes among its output."""

    def __init__(self, command: tuple[str, ...]) -> None:
        """Start it.

        Raises:
            EndpointError: there is no such program.
        """
        try:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise EndpointError(
                Message("host.program_failed", program=command[0], error=reason_of(error)), "no_python"
            ) from error
        if self._child.stdin is None or self._child.stdout is None:
            raise EndpointError(Message("host.no_pipes"), "refused")
        self._to, self._from = self._child.stdin.fileno(), self._child.stdout.fileno()
        os.set_blocking(self._to, False)

    def read(self, size: int) -> bytes:
        """See Stream.read."""
        if not select.select([self._from], [], [], self.rest())[0]:
            raise Expired(Message("stream.deadline"))
        data = os.read(self._from, size)
        if not data:
            raise Gone(Message("stream.ended"))
        return data

    def write(self, data: bytes) -> None:
        """See Stream.write."""
        view = memoryview(data)
        try:
            while view:
                if not select.select([], [self._to], [], self.rest())[1]:
                    raise Expired(Message("stream.deadline"))
                view = view[os.write(self._to, view[: 1 << 16]) :]
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                return  # it ended, and the reader will hear why
            raise Gone(reason_of(error)) from error

    def peer(self) -> int | None:
        """See Stream.peer."""
        return None

    def close(self) -> None:
        """See Stream.close."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._child.wait(2)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
