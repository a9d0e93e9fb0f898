"""An endpoint's spool as the source of its documents, fetched over the transport that an audit would take.

``rempart-agent deliver`` answers there: see :mod:`rempart_agent.installed.delivery` for what is said. The endpoint may
lie: sizes are bounded, and what it says counts for no more than :mod:`rempart_controller.agents.inspection` makes of
it.
"""

import json
from collections.abc import Sequence
from typing import Any

from rempart_agent.channels.framing import SIZE, Frames, ended
from rempart_agent.channels.stream import Stream, StreamError
from rempart_agent.installed.delivery import MAGIC
from rempart_agent.installed.envelope import MAX_SIZE
from rempart_controller.agents.contract import MAX_DOCUMENTS, MAX_TOTAL, Delivery
from rempart_controller.inventory.host import Host
from rempart_controller.transports.contract import ConnectionRequest, Launcher, Transport
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message
from rempart_core.model.history import Delivered
from rempart_core.text import clean_line

COMMAND = "/opt/rempart/bin/rempart-agent"
"""Where the playbook puts the agent; ``rempart_agent_command`` of the inventory wins."""

_MAX_SAID = 1 << 20
_FORM = {"envelope": "dsse"}  # an agent of 0.1.0 passes this over


class EndpointSpool:
    """See Source."""

    def __init__(self, transport: Transport) -> None:
        """Use a transport.

        Raises:
            EndpointError: It can start no program on an endpoint.
        """
        if not isinstance(transport, Launcher):
            raise EndpointError(Message("host.agent_ssh_only"), "settings")
        self._launcher: Launcher = transport

    def collect(self, host: Host, request: ConnectionRequest) -> Delivery:
        """See Source.collect."""
        talk = _Talk(self._launcher, host, request)
        try:
            hello = talk.hello
            waiting, last = hello.get("waiting"), hello.get("last")
            if not isinstance(waiting, list) or type(last) is not int or len(waiting) > MAX_DOCUMENTS:
                raise _nonsense()
            numbers = sorted(_number(one) for one in waiting)
            documents = []
            total = 0
            for number in numbers:
                document = talk.ask({"send": number, **_FORM}, MAX_SIZE)
                total += len(document)
                if total > MAX_TOTAL:
                    raise EndpointError(Message("host.agent_spool", size=MAX_TOTAL >> 20), "protocol")
                if document:  # else it made room meanwhile
                    documents.append(document)
            newest = talk.ask({"send": 0, **_FORM}, MAX_SIZE) if last and not documents else b""
            return Delivery(_text(hello, "machine_id"), _text(hello, "key"), documents, newest)
        finally:
            talk.close()

    def confirm(self, host: Host, stored: Sequence[Delivered], request: ConnectionRequest) -> list[int]:
        """See Source.confirm."""
        talk = _Talk(self._launcher, host, request)
        try:
            pairs = [[one.number, one.digest] for one in stored]
            answer = _object(talk.ask({"stored": pairs}, _MAX_SAID))
            gone = answer.get("gone")
            if not isinstance(gone, list):
                raise _nonsense()
            return [number for number in gone if type(number) is int]
        finally:
            talk.close()


class _Talk:
    """One conversation with ``rempart-agent deliver``.

    Attributes:
        hello: What the endpoint said of itself and its spool.
    """

    def __init__(self, launcher: Launcher, host: Host, request: ConnectionRequest) -> None:
        command = str(host.variables.get("rempart_agent_command") or COMMAND)
        launched = launcher.launch(host, (command, "deliver"), request)
        self._stream: Stream = launched.stream
        self._frames = Frames(self._stream)
        try:
            try:
                self._frames.await_mark(MAGIC, launched.prompt.encode(), launched.password)
            except StreamError as error:
                otherwise = Message("host.agent_no_documents")
                raise self._frames.explain(error, f"agent ({command})", otherwise) from error
            self.hello = _greeting(self._take(_MAX_SAID))
        except BaseException:
            self.close()
            raise

    def ask(self, question: dict[str, Any], limit: int) -> bytes:
        """Return the frame that answers a question."""
        data = json.dumps(question).encode()
        try:
            self._stream.write(SIZE.pack(len(data)) + data)
        except StreamError as error:
            raise ended(error) from error
        return self._take(limit)

    def close(self) -> None:
        """End it."""
        self._stream.close()

    def _take(self, limit: int) -> bytes:
        try:
            return self._frames.take(limit)
        except StreamError as error:
            raise ended(error) from error


def _nonsense() -> EndpointError:
    return EndpointError(Message("host.agent_unreadable"), "protocol")


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _nonsense() from error
    if not isinstance(found, dict):
        raise _nonsense()
    return found


def _greeting(data: bytes) -> dict[str, Any]:
    hello = _object(data)
    if hello.get("hello") != 1:
        raise _nonsense()
    return hello


def _number(waiting: Any) -> int:
    if not isinstance(waiting, list) or not waiting or type(waiting[0]) is not int or not 0 < waiting[0] < 2**53:
        raise _nonsense()
    return int(waiting[0])


def _text(hello: dict[str, Any], name: str) -> str:
    value = hello.get(name)
    if not isinstance(value, str) or len(value) > 64:
        raise _nonsense()
    return clean_line(value)
