"""osquery's extension protocol: Thrift over a stream. The only module that imports ``osquery`` and ``thrift``.

The package's own client takes any answer for the one it waits for, waits for ever, and lets Thrift's exceptions out.
Here an answer must carry the method and the number of its question and be whole; sizes are bounded before anything is
read; what goes wrong is a :class:`WireError` or the stream's own error, and the connection is of no more use then.

Source: ``osquery.thrift`` and the Thrift binary protocol specification.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from osquery.extensions import Extension, ExtensionManager
from osquery.extensions.ttypes import ExtensionResponse, ExtensionStatus, InternalExtensionInfo
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TApplicationException, TException, TMessageType, TType
from thrift.transport.TTransport import TTransportBase, TTransportException

from rempart_agent.channels.stream import Stream, StreamError
from rempart_core.messages.message import Message

MAX_BYTES = 128 << 20
"""Bytes that one answer may take."""

_MAX_STRING = 64 << 20
_MAX_COLUMNS = 4096
_MAX_LIST = 300_000
_SDK = "5.0.0"  # of the extension SDK that we speak like; the least that osquery takes is 1.7.7
_CHUNK = 1 << 16

# What reading hostile bytes as Thrift can raise, besides the stream's own errors.
_BROKEN = (
    TException,
    EOFError,
    struct.error,
    UnicodeError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
    MemoryError,
)
_T = TypeVar("_T")
Row = dict[str, str]


class WireError(Exception):
    """What came was no answer to what was asked."""


class TooMuch(WireError):
    """The answer is larger than the limit."""


class Reply(NamedTuple):
    """What osquery says to a statement.

    Attributes:
        rows: Column name to text.
        error: Why it failed; ``""`` where it did not.
    """

    rows: list[Row]
    error: str = ""


class _Transport(TTransportBase):  # type: ignore[misc]
    """A stream as Thrift wants it, with a bound on what one message may take."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.left = MAX_BYTES
        self._in = b""
        self._at = 0
        self._out: list[bytes] = []

    def isOpen(self) -> bool:
        return True

    def pending(self) -> int:
        return len(self._in) - self._at

    def read(self, size: int) -> bytes:
        return self.readAll(size)

    def readAll(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._in):
            parts = [self._in[self._at :]]
            have = len(parts[0])
            while have < size:
                part = self.stream.read(max(_CHUNK, min(size - have, 1 << 20)))
                self.left -= len(part)
                if self.left < 0:
                    raise TooMuch(f"more than {MAX_BYTES >> 20} MiB in one answer")
                parts.append(part)
                have += len(part)
            self._in, self._at = b"".join(parts), 0
            end = size
        data = self._in[self._at : end]
        self._at = end
        return data

    def write(self, data: bytes) -> None:
        self._out.append(data)

    def flush(self) -> None:
        data, self._out = b"".join(self._out), []
        self.stream.write(data)

    def close(self) -> None:
        self.stream.close()


class _Protocol(TBinaryProtocol):  # type: ignore[misc]
    """The binary protocol, strict where the package is not."""

    def __init__(self, transport: _Transport) -> None:
        super().__init__(transport, strictRead=True, strictWrite=True)
        self.expected: tuple[str, int] | None = None
        self.max_list = _MAX_LIST

    def readMessageBegin(self) -> tuple[str, int, int]:
        name, kind, number = super().readMessageBegin()
        if self.expected is not None:
            if (name, number) != self.expected:
                raise WireError(
                    Message("engine.wire_other", name=name, number=number, expected=" ".join(map(str, self.expected)))
                )
            if kind not in {TMessageType.REPLY, TMessageType.EXCEPTION}:
                raise WireError(Message("engine.wire_kind", kind=kind))
        return name, kind, number

    def readBinary(self) -> bytes:
        size = self.readI32()
        if not 0 <= size <= _MAX_STRING:
            raise TooMuch(Message("engine.wire_text_size", count=size))
        data: bytes = self.trans.readAll(size)
        return data

    def readString(self) -> str:
        return self.readBinary().decode("utf-8", "replace")  # a file name need not be UTF-8

    def readListBegin(self) -> tuple[int, int]:
        kind, size = self.readByte(), self.readI32()
        if kind not in {TType.MAP, TType.STRUCT} and size:
            raise WireError(Message("engine.wire_list", kind=kind))
        if not 0 <= size <= self.max_list:
            raise TooMuch(Message("engine.wire_rows", count=size))
        return kind, size

    def readMapBegin(self) -> tuple[int, int, int]:
        key, value, size = self.readByte(), self.readByte(), self.readI32()
        if not 0 <= size <= _MAX_COLUMNS:
            raise TooMuch(f"a row of {size} columns")
        return key, value, size


class Manager:
    """osquery's extension manager at the other end of a stream."""

    def __init__(self, stream: Stream) -> None:
        """Speak over ``stream``, whose deadline each question sets anew."""
        self.stream = stream
        self._transport = _Transport(stream)
        self._protocol = _Protocol(self._transport)
        self._client = ExtensionManager.Client(self._protocol)
        self._number = 0

    def query(self, sql: str, until: float, max_rows: int = _MAX_LIST) -> Reply:
        """Answer SQL.

        Args:
            sql: One statement or several.
            until: The moment (``time.monotonic``) at which waiting ends.
            max_rows: More rows than this raise ``TooMuch``.

        Raises:
            WireError: what came is no answer.
            StreamError: nothing came, or not in time.
        """
        response = self._ask("query", until, lambda: self._client.query(sql), max_rows)
        return _reply(response)

    def columns(self, sql: str, until: float) -> list[str]:
        """Return the names of a statement's columns, in its order; raises as ``query``.

        Args:
            sql: The statement.
            until: See ``query``.
        """
        response = self._ask("getQueryColumns", until, lambda: self._client.getQueryColumns(sql))
        return [name for row in _reply(response).rows for name in row]

    def ping(self, until: float) -> bool:
        """Tell whether osquery is well; raises as ``query``."""
        status = self._ask("ping", until, self._client.ping)
        return bool(status.code == 0)

    def register(self, name: str, version: str, tables: Mapping[str, Sequence[Row]], until: float) -> tuple[int, str]:
        """Register an extension's tables; raises as ``query``.

        Args:
            name: What the extension is called; osquery takes a name once.
            version: Its version.
            tables: The routes of each table: one a column.
            until: See ``query``.

        Returns:
            The number under which osquery will call (it looks for the socket ``<its own>.<number>``), and why it
            refused: ``""`` where it did not.
        """
        info = InternalExtensionInfo(name=name, version=version, sdk_version=_SDK, min_sdk_version="0.0.0")
        registry = {"table": {table: list(routes) for table, routes in tables.items()}}
        status = self._ask("registerExtension", until, lambda: self._client.registerExtension(info, registry))
        if status.code != 0 or status.uuid is None:
            return 0, str(status.message or "refused without a reason")
        return int(status.uuid), ""

    def deregister(self, number: int, until: float) -> None:
        """Take an extension's tables away again; raises as ``query``.

        Args:
            number: What ``register`` returned.
            until: See ``query``.
        """
        self._ask("deregisterExtension", until, lambda: self._client.deregisterExtension(number))

    def in_step(self) -> bool:
        """Tell whether nothing came that was not asked for: else the next answer could be to the last question."""
        return not self._transport.pending()

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        self.stream.close()

    def _ask(self, method: str, until: float, call: Callable[[], Any], max_rows: int = _MAX_LIST) -> Any:
        if not self.in_step():
            raise WireError(Message("engine.wire_more"))
        self._number = (self._number + 1) & 0x7FFFFFFF
        self._client._seqid = self._number  # noqa: SLF001 - the package numbers every question 0
        self._protocol.expected = (method, self._number)
        self._protocol.max_list = max_rows
        self._transport.left = MAX_BYTES
        self.stream.until = until
        return _guard(call)


def serve(stream: Stream, call: Callable[[str, str, Mapping[str, str]], list[Row]], stop: Callable[[], None]) -> None:
    """Answer osquery's calls of an extension on one connection until it ends.

    Args:
        stream: The connection.
        call: Is told the registry (``table``), the item's name and the request; returns rows. A ``LookupError`` of its
            is osquery's error status.
        stop: Is told that osquery asks the extension to end.
    """
    protocol = _Protocol(_Transport(stream))
    processor = Extension.Processor(_Handler(call, stop))
    try:
        while True:
            _guard(lambda: processor.process(protocol, protocol))
            protocol.trans.left = MAX_BYTES
    except (WireError, StreamError):
        return
    finally:
        stream.close()


class _Handler(Extension.Iface):  # type: ignore[misc]
    def __init__(self, call: Callable[[str, str, Mapping[str, str]], list[Row]], stop: Callable[[], None]) -> None:
        self._call = call
        self._stop = stop

    def ping(self) -> Any:
        return ExtensionStatus(code=0, message="OK")

    def call(self, registry: str, item: str, request: Mapping[str, str]) -> Any:
        try:
            rows = self._call(registry, item, request or {})
        except LookupError as error:
            return ExtensionResponse(status=ExtensionStatus(code=1, message=str(error)), response=[])
        return ExtensionResponse(status=ExtensionStatus(code=0, message="OK"), response=rows)

    def shutdown(self) -> None:
        self._stop()


def _reply(response: Any) -> Reply:
    status, rows = response.status, response.response
    if status is None or status.code is None:
        raise WireError(Message("engine.wire_no_status"))
    if status.code != 0:
        return Reply([], str(status.message or "it failed without a reason"))
    if rows is None:
        raise WireError(Message("engine.wire_no_rows"))
    return Reply(rows)


def _guard(call: Callable[[], _T]) -> _T:
    """Call, and turn whatever Thrift makes of a broken message into ours."""
    try:
        return call()
    except (WireError, StreamError):
        raise
    except TTransportException as error:
        if error.type == TTransportException.SIZE_LIMIT:
            raise TooMuch(str(error)) from error
        raise WireError(Message("engine.wire_invalid", error=str(error))) from error
    except TApplicationException as error:
        raise WireError(Message("engine.wire_osquery", error=str(error.message or error.type))) from error
    except _BROKEN as error:
        raise WireError(Message("engine.wire_invalid", error=f"{type(error).__name__}: {error}")) from error
