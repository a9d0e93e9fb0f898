"""A shell on a Windows host over WS-Management: opened, given commands, read, and closed. The one user of pywinrm.

What pywinrm leaves open is closed here: every call ends at a moment that is given, an answer has an end, a redirection
is not followed, and where messages are encrypted, one that is not is no answer.

Source: MS-WSMV, "Web Services Management Protocol Extensions for Windows Vista", sections 3.1.4 and 2.2.9.1.
"""

import contextlib
import math
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import requests
import spnego.exceptions
import winrm.exceptions as theirs
from winrm.protocol import Protocol
from winrm.transport import Transport

from rempart_controller.transports.winrm_limit import Limited
from rempart_controller.transports.winrm_settings import Settings
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message, as_is, listed
from rempart_core.messages.system import reason_of
from rempart_core.text import clean_line

UTF_8 = 65001
"""The code page that the shell is asked for, whatever the language of the host."""

PART = 48 << 10
"""Bytes of input in one message: in base64 and encrypted they stay below the 150 KB that an old host takes."""

PATIENCE = 20.0
"""Seconds for which a host that refuses is tried again: after a boot WinRM comes last."""

_OPERATION = 20  # seconds after which the host says that it has nothing to say yet; pywinrm's own default
_GRACE = 3.0  # seconds beyond that in which this has to arrive
_GOODBYE = 3.0  # seconds that closing may take
_PAUSES = (1.0, 2.0, 4.0, 8.0)

_ACCESS_DENIED = 5
# wsmerror.h: aborted, cancelled, no such shell (any more), shell disconnected, stream disconnected
_GONE = {995, 1223, 0x8033805B, 0x803381C4, 0x803381DE}
# ERROR_BUSY, shutdown in progress, and the quotas of shells, users and operations
_BUSY = {170, 1115, *range(0x803381A5, 0x803381A9), 0x803381AB, *range(0x803381E4, 0x803381EB)}
_PARSING = (
    ET.ParseError,
    StopIteration,
    AssertionError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)  # what pywinrm raises where an answer has not the form that it expects

_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|doesn't match|not valid for")

_T = TypeVar("_T")


class Output(NamedTuple):
    """What came of a command.

    Attributes:
        printed: Its standard output.
        complained: Its standard error.
        status: Its exit status; None while it runs.
    """

    printed: bytes = b""
    complained: bytes = b""
    status: int | None = None


class Session:
    """One shell on one host."""

    def __init__(self, settings: Settings, until: float, patience: float = PATIENCE) -> None:
        """Reach nobody yet.

        Args:
            settings: The way to the host.
            until: The moment (``time.monotonic``) after which nothing is waited for.
            patience: Seconds for which a host that refuses is tried again.
        """
        self.until = until
        self._settings = settings
        self._patience = patience
        self._protocol: Any = None
        self._limits = Limited()
        self._shell = ""

    @property
    def is_open(self) -> bool:
        """Tell whether there is a shell."""
        return bool(self._shell)

    def open(self) -> None:
        """Log in and open a shell.

        Raises:
            EndpointError: that was not possible.
        """
        patient_until = min(self.until, time.monotonic() + self._patience)
        for pause in (*_PAUSES, *[_PAUSES[-1]] * 100):
            try:
                self._log_in()
            except EndpointError as error:
                if error.kind not in {"refused", "ended"} or time.monotonic() + pause > patient_until:
                    raise
                time.sleep(pause)
            else:
                return

    def _log_in(self) -> None:
        refusals: list[Message] = []
        for method in self._settings.methods:
            try:
                self._try(method)
            except EndpointError as error:
                self.drop()
                if error.kind not in {"auth", "settings"}:
                    raise
                refusals.append(Message("text.labelled", label=method, text=error.message))
                kind = error.kind
            else:
                return
        raise EndpointError(listed(refusals), kind)

    def _try(self, method: str) -> None:
        # A protocol of pywinrm that has failed once would go on without encryption: each attempt gets a new one.
        self._limits = Limited()
        self._protocol = self._call(lambda: _protocol(self._settings, method, self._limits), self.until)
        self._shell = self._call(
            lambda: _word(self._protocol.open_shell(codepage=UTF_8)),
            self._within(self.until),
        )

    def start(self, command: str) -> str:
        """Begin a command, whose standard input is a pipe, and return its id.

        Args:
            command: A line for ``cmd.exe``; where it holds quotes it must neither begin nor end with one.

        Raises:
            EndpointError: that was not possible.
        """
        return self._call(
            lambda: _word(self._protocol.run_command(self._shell, command, console_mode_stdin=False)),
            self._within(self.until),
        )

    def send(self, command: str, data: bytes) -> None:
        """Send input to a command, in as many messages as it takes.

        Args:
            command: The command's id, as the host gave it.
            data: Its input.

        Raises:
            EndpointError: that was not possible.
        """
        for at in range(0, len(data), PART):
            part = data[at : at + PART]
            try:
                self._call(
                    lambda: self._protocol.send_command_input(self._shell, command, part),  # noqa: B023 - called at once
                    self._within(self.until),
                    waits=True,
                )
            except _NothingYetError:
                continue  # the command has not taken it yet: the host goes on with it by itself

    def receive(self, command: str, until: float) -> Output:
        """Return what a command has printed since; nothing where it printed nothing for a while.

        Args:
            command: Its id.
            until: The moment until which it is worth waiting.

        Raises:
            EndpointError: that was not possible.
        """
        try:
            printed, complained, status, done = self._call(
                lambda: self._protocol.get_command_output_raw(self._shell, command), self._within(until), waits=True
            )
        except _NothingYetError:
            return Output()
        return Output(printed, complained, status if done else None)

    def end(self, command: str) -> None:
        """End a command that is of no more use, as far as the host lets us."""
        with contextlib.suppress(EndpointError):
            moment = time.monotonic() + _GOODBYE
            self._call(lambda: self._protocol.cleanup_command(self._shell, command), self._within(moment))

    def close(self) -> None:
        """Close the shell, and with it all that runs in it; may be called twice."""
        if self._shell:
            with contextlib.suppress(EndpointError):
                moment = time.monotonic() + _GOODBYE
                self._call(lambda: self._protocol.close_shell(self._shell), self._within(moment))
        self.drop()

    def drop(self) -> None:
        """Let go of a shell that is out of reach."""
        self._shell = ""
        if self._protocol is not None:
            self._protocol.transport.close_session()
            self._protocol = None
        self._limits.close()

    def _within(self, moment: float) -> float:
        """Tell the host how long a request may take, and return when its answer must have come."""
        now = time.monotonic()
        seconds = max(1, min(_OPERATION, math.ceil(moment - now)))
        self._protocol.operation_timeout_sec = seconds
        self._protocol.transport.read_timeout_sec = seconds + _GRACE
        return now + seconds + _GRACE

    def _call(self, ask: Callable[[], _T], until: float, *, waits: bool = False) -> _T:
        """Return what a call of pywinrm gives; what it raises becomes ours.

        Args:
            ask: The call.
            until: The moment at which it ends.
            waits: Whether a host that has nothing to say yet is one that answers.

        Raises:
            EndpointError: the host is out of reach, refuses, or does not answer as it should.
            _NothingYetError: it has nothing to say yet, and ``waits``.
        """
        until = min(until, self.until)
        if time.monotonic() >= until:
            raise EndpointError(Message("host.deadline"), "timeout")
        try:
            with self._limits.until(until):
                return ask()
        except (theirs.WinRMOperationTimeoutError, theirs.WinRMTransportError, theirs.WinRMError) as error:
            raise self._told(error, waits) from error
        except (requests.RequestException, OSError, spnego.exceptions.SpnegoError) as error:
            raise self._unreached(error) from error
        except UnicodeEncodeError:  # whose words would show a part of it
            raise EndpointError(Message("host.winrm_basic"), "settings") from None
        except _PARSING as error:
            if self._limits.cut_at is not None:
                raise EndpointError(Message("host.deadline"), "timeout") from error
            raise EndpointError(Message("host.winrm_no_answer", error=_said(error)), "protocol") from error

    def _told(self, error: Exception, waits: bool) -> Exception:
        """Return our error for what the host told."""
        again = "ended" if self._shell else "refused"  # which are tried once more, and again
        if isinstance(error, theirs.WinRMOperationTimeoutError):
            return _NothingYetError() if waits else EndpointError(Message("host.winrm_too_busy"), again)
        if isinstance(error, theirs.AuthenticationError):
            user = self._settings.user
            refused = Message("host.winrm_refused", user=user) if user else Message("host.winrm_refused_certificate")
            return EndpointError(refused, "auth")
        if isinstance(error, theirs.WSManFaultError):
            code = error.wsman_fault_code or 0
            said = Message("host.winrm_fault", said=_said(error.reason), code=code)
            if code == _ACCESS_DENIED:
                return EndpointError(Message("host.winrm_denied", user=self._settings.user, said=said), "auth")
            if self._shell and code in _GONE:
                return EndpointError(Message("host.winrm_shell_gone", said=said), "ended")
            if code in _BUSY or (error.wmierror_code or 0) in _BUSY:
                return EndpointError(Message("host.winrm_busy", said=said), again)
            return EndpointError(said, "protocol")
        if isinstance(error, theirs.WinRMTransportError):
            if error.code in {500, 502, 503, 504}:
                return EndpointError(Message("host.winrm_not_ready", code=error.code), again)
            if self._shell and error.code == 400:
                return EndpointError(Message("host.winrm_encryption"), "ended")
            return EndpointError(Message("host.winrm_none", url=self._settings.url, code=error.code), "protocol")
        if isinstance(error, _NakedError):
            return EndpointError(Message("host.winrm_plain"), "protocol")
        if self._shell:
            return EndpointError(as_is(_said(error)), "protocol")
        if "kerberos is not installed" in str(error):
            return EndpointError(Message("host.winrm_kerberos", said=_said(error)), "settings")
        return EndpointError(as_is(_said(error)), "settings")

    def _unreached(self, error: Exception) -> EndpointError:
        """Return our error for a host that is out of reach."""
        failures = requests.exceptions
        if isinstance(error, failures.SSLError) and _UNTRUSTED.search(str(error)):
            return EndpointError(Message("host.winrm_untrusted", cause=_cause(error)), "unknown_key")
        if self._limits.cut_at is not None:
            return EndpointError(Message("host.deadline"), "timeout")
        if isinstance(error, failures.SSLError):
            return EndpointError(Message("host.winrm_tls", cause=_cause(error)), "protocol")
        if isinstance(error, failures.Timeout):
            return EndpointError(Message("host.no_answer"), "timeout")
        if isinstance(error, failures.TooManyRedirects):
            return EndpointError(Message("host.winrm_redirects"), "protocol")
        if isinstance(error, spnego.exceptions.SpnegoError):
            return EndpointError(Message("host.winrm_login", said=_said(error)), "auth")
        lost = (failures.ConnectionError, failures.ChunkedEncodingError)
        if isinstance(error, lost) or not isinstance(error, requests.RequestException):
            return EndpointError(
                Message("host.no_connection", cause=_cause(error)), "ended" if self._shell else "refused"
            )
        return EndpointError(as_is(_said(error)), "protocol")


class _NothingYetError(Exception):
    """The host has nothing to say yet: no failure, but WS-Management's way to keep a connection alive."""


class _NakedError(theirs.WinRMError):
    """An answer that is not encrypted where it must be."""


class _Transport(Transport):
    """pywinrm's transport, with limits."""

    limits: Limited

    def build_session(self) -> requests.Session:
        """See Transport.build_session."""
        new = self.session is None
        session = super().build_session()
        if new:
            self._limit(session)
        return session

    def setup_encryption(self, session: requests.Session) -> None:
        """See Transport.setup_encryption."""
        self._limit(session)  # it sends a first message
        super().setup_encryption(session)

    def _limit(self, session: requests.Session) -> None:
        session.mount("http://", self.limits)
        session.mount("https://", self.limits)
        session.max_redirects = 0  # a login must not be sent on to another host
        session.trust_env = False  # nor a password of ~/.netrc to this one

    def _get_message_response_text(self, response: requests.Response) -> bytes:
        if self.encryption and "encrypted" not in response.headers.get("Content-Type", ""):
            raise _NakedError
        text: bytes = super()._get_message_response_text(response)
        return text


def _protocol(settings: Settings, method: Any, limits: Limited) -> Protocol:
    encryption: Any = settings.encryption
    named: dict[str, Any] = {
        "username": settings.user or None,
        "password": settings.password,
        "service": settings.service,
        "ca_trust_path": settings.authority or None,
        "cert_pem": settings.certificate or None,
        "cert_key_pem": settings.key or None,
        "server_cert_validation": "validate" if settings.verify else "ignore",
        "kerberos_delegation": settings.delegate,
        "kerberos_hostname_override": settings.name or None,
        "message_encryption": encryption,
        "send_cbt": settings.bind,
        "proxy": settings.proxy or None,
    }
    protocol = Protocol(settings.url, transport=method, **named)
    transport = _Transport(settings.url, auth_method=method, read_timeout_sec=protocol.read_timeout_sec, **named)
    transport.limits = limits
    protocol.transport = transport
    return protocol


def _word(text: Any) -> str:
    """Return an id that the host gave.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError("an id that is empty")
    return text.strip()


def _said(what: object) -> str:
    text = clean_line(str(what).strip())
    return f"{text[:300]}…" if len(text) > 300 else text or type(what).__name__


def _cause(error: BaseException) -> Message | str:
    """Return the reason of the system for why there is no connection, from beneath the words of three libraries."""
    one: BaseException | None = error
    for _ in range(10):
        if one is None:
            break
        if isinstance(one, OSError) and not isinstance(one, requests.RequestException) and one.strerror:
            return reason_of(one) if one.errno else _said(one.strerror)
        inner = [getattr(one, "reason", None), *one.args, one.__cause__, one.__context__]
        one = next((each for each in inner if isinstance(each, BaseException) and each is not one), None)
    return _said(error)
