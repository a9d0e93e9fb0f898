"""Table intel_me_info: the version of the firmware of Intel's Management Engine.

Source: ``/dev/mei0``, the kernel's MEI driver (Documentation/driver-api/mei): the client of firmware updates is asked
for its version, by the one request that osquery sends, where a statement asks for the table and never else.
"""

import os
import struct
from typing import Iterator

from rempart_agent.source.contract import TEXT, Column, Denied, Malformed, Missing, Query, Row, SourceError, reason
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (Column("version", TEXT, collate="version"),)
DEVICE = "/dev/mei0"
SECONDS = 3.0
_CONNECT = 0xC0104801  # IOCTL_MEI_CONNECT_CLIENT, include/uapi/linux/mei.h
_CLIENT = bytes.fromhex("e8cd9d30b1cc62408f78600115a34327")
_REQUEST = bytes(4)
_ANSWER = struct.Struct("<7I14H")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the one row.

    Raises:
        Missing: there is no such engine, or the kernel's module mei is not loaded.
        Denied: it may not be asked.
        Malformed: its answer is of another form.
    """
    target.need_live("intel_me_info")
    version = parse(target.ask("intel_me_info", ask))
    yield {"version": version}


def parse(answer: bytes) -> str:
    """Return the version out of the engine's answer.

    Args:
        answer: Its bytes.

    Raises:
        Malformed: it has not the length of an answer.
    """
    if len(answer) != _ANSWER.size:
        raise Malformed("{path}: an answer of {size} bytes", path=DEVICE, size=len(answer))
    return "{}.{}.{}.{}".format(*_ANSWER.unpack(answer)[7:11])


def ask() -> bytes:
    """Ask the engine for its version; what it answers."""
    return query_device(DEVICE)


def query_device(path: str, seconds: float = SECONDS) -> bytes:
    """Ask the engine behind a device for its version.

    Args:
        path: The device.
        seconds: How long its answer may take.

    Raises:
        Missing: there is no such device.
        Denied: this user may not ask it.
        SourceError: it does not answer, or not in time.
    """
    import fcntl
    import select

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise Missing("{path}: does not exist (no Intel ME, or no driver for it)", path=path) from error
    except PermissionError as error:
        raise Denied("{path}: may not be asked", path=path) from error
    except OSError as error:
        raise SourceError("{path}: {why}", path=path, why=reason(error)) from error
    try:
        # the identifier goes in, the longest message and the version of the protocol come back
        told: bytes = fcntl.ioctl(descriptor, _CONNECT, _CLIENT)
        if told[4] != 1:
            raise Malformed("{path}: version {number} of the protocol", path=path, number=told[4])
        os.write(descriptor, _REQUEST)
        if not select.select([descriptor], [], [], seconds)[0]:
            raise SourceError("{path}: no answer in time", path=path)
        return os.read(descriptor, _ANSWER.size)
    except OSError as error:
        raise SourceError("{path}: {why}", path=path, why=reason(error)) from error
    finally:
        os.close(descriptor)
