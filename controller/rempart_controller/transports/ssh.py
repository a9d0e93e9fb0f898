"""The transport ``ssh``: a collector at the other end of an SSH connection, through jumps where the host says so."""

import functools
import os
import secrets
import shlex
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import paramiko

from rempart_agent.channels.child import Ended
from rempart_agent.channels.stream import Expired, Gone, Stream
from rempart_agent.engine import Engine
from rempart_agent.engines.osquery.osqueryi_elsewhere import COMMAND, OsqueryiElsewhere
from rempart_agent.engines.remote.collector_client import Collector
from rempart_agent.engines.remote.engine import Remote
from rempart_controller.inventory.host import Host
from rempart_controller.transports.become import start_of, with_rights
from rempart_controller.transports.contract import ConnectionRequest, Launched, Transport
from rempart_controller.transports.known_host import KnownHosts
from rempart_controller.transports.ssh_child import ChannelChild
from rempart_controller.transports.ssh_login import KeyRing, log_in
from rempart_controller.transports.ssh_route import Hop, Lookup, find_route
from rempart_core.error import EndpointError, UsageError
from rempart_core.messages.message import Message

_KNOWN = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
_SETTINGS = ("~/.ssh/config", "/etc/ssh/ssh_config")


def open_transport() -> Transport:
    """Return the transport; what OpenSSH would read is read now, once.

    Raises:
        UsageError: the user's settings for SSH can't be understood.
    """
    return Ssh([os.path.expanduser(path) for path in _SETTINGS], [os.path.expanduser(path) for path in _KNOWN])


class Ssh:
    """See Transport."""

    def __init__(self, settings: Sequence[str], known: Sequence[str]) -> None:
        """Read settings and known hosts.

        Args:
            settings: Files like ``ssh_config``, the stronger first.
            known: Files of known hosts.
        """
        self._settings = [_read_settings(path) for path in settings if os.path.isfile(path)]
        self._others: dict[str, list[paramiko.SSHConfig]] = {"none": []}
        self._known: dict[tuple[str, ...], KnownHosts] = {(): KnownHosts(known)}
        self._ring = KeyRing()

    def address(self, host: Host) -> str:
        """See Transport.address."""
        try:
            return find_route(host, self._lookup, self._read)[0].address
        except EndpointError:
            return host.name  # opening it will say what is wrong

    def open(self, host: Host, request: ConnectionRequest) -> Engine:
        """See Transport.open."""
        if request.engine not in {"auto", "embedded", "osqueryi"}:
            raise EndpointError(Message("host.engine_ssh", engine=request.engine), "settings")
        hops = find_route(host, self._lookup, self._read)
        start = start_of(host, hops[-1].user)
        links: list[paramiko.Transport] = []
        try:
            self._connect(hops, links, request)
            if request.engine == "osqueryi":
                return _open_osqueryi(host, hops[-1].user, links, request)
            stream = ChannelStream(links, request.until)
            stream.run(start.command)
            return Remote(
                Collector(stream, start.password, start.prompt),
                request.first,
                redact=request.redact,
                database=request.database,
                read_deadline=request.deadline,
                history=request.history,
            )
        except BaseException:
            for link in reversed(links):
                link.close()
            raise

    def launch(self, host: Host, command: Sequence[str], request: ConnectionRequest) -> Launched:
        """See Launcher.launch."""
        hops = find_route(host, self._lookup, self._read)
        start = with_rights(host, hops[-1].user, tuple(command))
        links: list[paramiko.Transport] = []
        try:
            self._connect(hops, links, request)
            stream = ChannelStream(links, request.until)
            stream.run(start.command)
        except BaseException:
            for link in reversed(links):
                link.close()
            raise
        return Launched(stream, start.prompt, start.password)

    def _connect(self, hops: Sequence[Hop], links: list[paramiko.Transport], request: ConnectionRequest) -> None:
        for hop in hops:
            links.append(log_in(hop, links[-1] if links else None, self._hosts(hop), self._ring, request.until))
        request.connected()

    def _lookup(self, name: str) -> Mapping[str, Any]:
        return _look_up(self._settings, name)

    def _read(self, path: str) -> Lookup:
        """Return the settings of the file that an argument names in place of the usual ones."""
        if path not in self._others:
            try:
                self._others[path] = [_read_settings(os.path.expanduser(path))]
            except UsageError as error:
                raise EndpointError(error.message, "settings") from error
        return functools.partial(_look_up, self._others[path])

    def _hosts(self, hop: Hop) -> KnownHosts:
        known = self._known.get(hop.known)
        if known is None:
            known = self._known[hop.known] = KnownHosts([*hop.known, *self._known[()].files[2:]])
        return known


def _open_osqueryi(host: Host, user: str, links: Sequence[paramiko.Transport], request: ConnectionRequest) -> Engine:
    """Return the endpoint's own osqueryi."""
    mark = f"rempart-{secrets.token_hex(8)}"
    start = with_rights(host, user, ("sh", "-c", f"echo {mark}; {COMMAND}"))

    def begin() -> ChannelChild:
        wait = max(0.1, request.until - time.monotonic())
        try:
            channel = links[-1].open_session(timeout=wait)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise Ended(Message("host.ssh_no_session", error=str(error))) from error
        child = ChannelChild(channel, shlex.join(start.command), request.until)
        child.log_in(mark.encode(), start.prompt.encode(), start.password, request.until)
        return child

    def end() -> None:
        for link in reversed(links):
            link.close()

    return OsqueryiElsewhere(begin, end)


def _look_up(files: Sequence[paramiko.SSHConfig], name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for settings in files:
        for key, value in settings.lookup(name).items():
            if key != "hostname" or value != name:  # which is there even where nobody set it
                found.setdefault(key, value)
    return found


def _read_settings(path: str) -> paramiko.SSHConfig:
    try:
        return paramiko.SSHConfig.from_path(path)
    except (paramiko.SSHException, OSError, ValueError) as error:
        raise UsageError(Message("text.quoting", who=path, said=str(error))) from error


class ChannelStream(Stream):
    """The standard input and output of a program on the endpoint; its complaints come among its output."""

    def __init__(self, links: Sequence[paramiko.Transport], until: float) -> None:
        """Open a channel.

        Args:
            links: The connections on the way; the last one leads to the endpoint. All are closed with the stream.
            until: See Stream.

        Raises:
            EndpointError: the endpoint opens none.
        """
        self.until = until
        self._links = links
        try:
            self._channel = links[-1].open_session(timeout=self.rest())
            self._channel.set_combine_stderr(True)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise EndpointError(Message("host.ssh_no_session", error=str(error)), "refused") from error

    def run(self, command: Sequence[str]) -> None:
        """Start a program; the remote user's shell gets one quoted line.

        Raises:
            EndpointError: the endpoint starts none.
        """
        # Here paramiko waits without a limit, for ever where the endpoint lost its power.
        alarm = threading.Timer(self.rest(), self._links[-1].close)
        alarm.daemon = True
        alarm.start()
        try:
            self._channel.exec_command(shlex.join(command))
        except (paramiko.SSHException, EOFError, OSError) as error:
            if time.monotonic() >= self.until:
                raise EndpointError(Message("host.deadline"), "timeout") from error
            raise EndpointError(Message("host.ssh_no_command", error=str(error)), "refused") from error
        finally:
            alarm.cancel()

    def read(self, size: int) -> bytes:
        """See Stream.read."""
        try:
            self._channel.settimeout(self.rest())
            data = self._channel.recv(size)
        except TimeoutError as error:
            raise Expired(Message("stream.deadline")) from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise Gone(str(error) or Message("host.gone")) from error
        if not data:
            raise Gone(self._how_it_ended())
        return data

    def _how_it_ended(self) -> Message:
        self._channel.status_event.wait(min(1.0, self.rest()))
        if not self._channel.exit_status_ready() or self._channel.exit_status < 0:
            return Message("host.gone")
        return Message("stream.exit_status", status=str(self._channel.exit_status))

    def write(self, data: bytes) -> None:
        """See Stream.write."""
        try:
            self._channel.settimeout(self.rest())
            self._channel.sendall(data)
        except TimeoutError as error:
            raise Expired(Message("stream.deadline")) from error
        except (paramiko.SSHException, EOFError, OSError):
            return  # it has ended, and the reader will hear why

    def peer(self) -> int | None:
        """See Stream.peer."""
        return None

    def close(self) -> None:
        """See Stream.close."""
        for link in reversed(self._links):
            link.close()
