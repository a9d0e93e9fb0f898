"""A stand-in of WinRM: a real HTTP server on loopback that speaks WS-Management's shell (MS-WSMV).

It opens shells, runs commands in them, takes input, gives output in pieces, and ends what it is told to. Its host is a
French Windows: the console's code page is 850 unless a shell asks for another, and faults are told in French. Behind
``osqueryi.exe`` stands the stand-in of osqueryi, with Windows's ends of lines. It lets in by Basic, by NTLM with
encrypted messages (MS-WSMV 2.2.9.1), or by a certificate, and it misbehaves on demand.
"""

from __future__ import annotations

import base64
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import spnego

from rempart_testing.osqueryi import VARIABLE

USER, PASSWORD = "CENTRE\\hélène", "Été-2026"
NOTHING_YET, NO_SHELL, ACCESS_DENIED, MAX_SHELLS, TOO_LARGE = 2150858793, 2150858843, 5, 2150859173, 2150858765
MAX_ENVELOPE = 153_600
PROGRAM = r"C:\Program Files\osquery\osqueryi.exe"
_CONSOLE = 850  # of a French Windows
_SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
_SHELL = "{http://schemas.microsoft.com/wbem/wsman/1/windows/shell}"
_WSMAN = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
_ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
_STATE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/"
_BOUNDARY = b"--Encrypted Boundary"
_SEALED = "application/HTTP-SPNEGO-session-encrypted"
_ADMINISTRATOR = (
    ("Tout le monde", "Groupe bien connu", "S-1-1-0", "Groupe obligatoire, Activé par défaut, Groupe activé"),
    ("BUILTIN\\Administrateurs", "Alias", "S-1-5-32-544", "Groupe obligatoire, Activé par défaut, Propriétaire"),
    ("Étiquette obligatoire\\Niveau obligatoire élevé", "Nom", "S-1-16-12288", ""),
)
_FILTERED = (
    ("BUILTIN\\Administrateurs", "Alias", "S-1-5-32-544", "Groupe utilisé pour refus uniquement"),
    ("Étiquette obligatoire\\Niveau obligatoire moyen", "Nom", "S-1-16-8192", ""),
)


class Command:
    """One command: what it was given, and what it says."""

    def __init__(self, line: str, shell: Shell) -> None:
        self.line = line
        self.news = threading.Condition()
        self.printed: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        self.status: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        if "osqueryi.exe" in line and line.startswith("call "):
            self._start(shell)
        else:
            self.printed["stdout"] += shell.host.look().encode(shell.encoding, "replace")
            self.status = 0

    def _start(self, shell: Shell) -> None:
        assert line_of_program(self.line) == PROGRAM, self.line
        environment = os.environ | {VARIABLE: shell.host.tables, "PYTHONPATH": str(Path(__file__).parent.parent)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rempart_testing.osqueryi", "--json", "--disable_extensions"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment | {"PYTHONIOENCODING": "utf-8"},
        )
        threads = [
            threading.Thread(target=self._read, args=(name, pipe), daemon=True)
            for name, pipe in (("stdout", self._process.stdout), ("stderr", self._process.stderr))
        ]
        for thread in threads:
            thread.start()
        threading.Thread(target=self._wait, args=(threads,), daemon=True).start()

    def _read(self, name: str, pipe: Any) -> None:
        while data := os.read(pipe.fileno(), 4096):
            with self.news:
                # as a program of Windows prints, and no faster than a pipe's worth ahead of its reader
                self.news.wait_for(lambda: len(self.printed[name]) < 65_536 or self.status is not None)
                self.printed[name] += data.replace(b"\n", b"\r\n")
                self.news.notify_all()
        pipe.close()

    def _wait(self, threads: list[threading.Thread]) -> None:
        assert self._process is not None
        status = self._process.wait()
        for thread in threads:
            thread.join(2)
        with self.news:
            self.status = status if status >= 0 else 0xC0000005  # an access violation
            self.news.notify_all()

    def write(self, data: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except BrokenPipeError:
            pass

    def receive(self, seconds: float) -> tuple[dict[str, bytes], int | None]:
        with self.news:
            self.news.wait_for(lambda: any(self.printed.values()) or self.status is not None, seconds)
            told = {}
            for name, waiting in self.printed.items():
                told[name] = bytes(waiting[:32_768])
                del waiting[:32_768]
            self.news.notify_all()
            return told, None if any(self.printed.values()) else self.status

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdin:
                try:
                    self._process.stdin.close()
                except BrokenPipeError:
                    pass


class Shell:
    """One shell and its commands."""

    def __init__(self, host: Wsman, code_page: int) -> None:
        self.host = host
        self.encoding = "utf-8" if code_page == 65001 else f"cp{code_page}"
        self.commands: dict[str, Command] = {}


class Wsman(ThreadingHTTPServer):
    """A host with WinRM.

    Attributes:
        asked: The actions that it was asked for, and the size of each envelope.
        misbehave: Action to what is done instead of an answer, once or (with a ``*`` behind) always: ``refuse`` (HTTP
            503), ``cut`` (half an answer), ``close`` (none), ``hang``, ``drip`` (a byte now and then), ``flood``,
            ``garbage`` (no XML), ``elsewhere`` (a redirection), ``naked`` (an answer that is not encrypted), or the
            number of a fault.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        tables: str,
        *,
        login: str = "basic",
        tls: ssl.SSLContext | None = None,
        administrator: bool = True,
        program: str = PROGRAM,
    ) -> None:
        """Listen; ``tables`` is a file for the stand-in of osqueryi."""
        self.tables = tables
        self.login = login
        self.administrator = administrator
        self.program = program
        self.shells: dict[str, Shell] = {}
        self.asked: list[tuple[str, int]] = []
        self.misbehave: dict[str, str] = {}
        self.logins = 0
        self.refusals = 0
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self.server_address[1]
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def actions(self) -> list[str]:
        return [action for action, _ in self.asked]

    def look(self) -> str:
        """Return what whoami says of the user, in French, and where osqueryi is."""
        groups = _ADMINISTRATOR if self.administrator else _FILTERED
        rows = [(USER.lower(), "S-1-5-21-1-2-3-1001"), *groups]
        lines = [",".join(f'"{field}"' for field in row) for row in rows]
        if self.program:
            lines.append(f"rempart_found={self.program}")
        return "".join(line + "\r\n" for line in lines)

    def forget(self) -> None:
        """Be begun anew: no shell is left."""
        shells, self.shells = self.shells, {}
        for shell in shells.values():
            for command in shell.commands.values():
                command.kill()

    def take(self, action: str) -> str:
        """Return the misbehaviour that is due at an action."""
        told = self.misbehave.get(action, "")
        if told.endswith("*"):
            return told[:-1]
        return self.misbehave.pop(action, "")

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self.forget()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away; the tests are told by what the client sees."""


class Handler(BaseHTTPRequestHandler):
    """One connection: NTLM lets in a connection, not a request."""

    protocol_version = "HTTP/1.1"
    server: Wsman
    timeout = 30

    def setup(self) -> None:
        super().setup()
        self.context: Any = None
        self.sealing = False

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base's
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if not self._let_in():
            return
        if not body:
            self._answer(200, b"")
            return
        if _SEALED in self.headers.get("Content-Type", ""):
            self.sealing = True
            body = self._unseal(body)
        elif self.server.login == "ntlm" and self.context is not None and self.sealing:
            self._answer(400, b"")
            return
        self._dispatch(body)

    def _let_in(self) -> bool:
        told = self.headers.get("Authorization", "")
        if self.server.login == "basic":
            if told == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode("latin-1")).decode():
                return True
            self._refuse("Basic realm=WSMAN")
            return False
        if self.server.login == "certificate":
            peer = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
            if peer and told.endswith("/https/mutual"):
                return True
            self._refuse("Negotiate")
            return False
        if self.context is not None and self.context.complete:
            return True
        kind, _, token = told.partition(" ")
        if not token:
            self._refuse("Negotiate")
            return False
        if self.context is None:
            self.context = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
        try:
            out = self.context.step(base64.b64decode(token))
        except spnego.exceptions.SpnegoError:
            self.context = None
            self._refuse("Negotiate")
            return False
        if self.context.complete:
            self.server.logins += 1
            return True
        self._answer(401, b"", {"WWW-Authenticate": f"{kind} {base64.b64encode(out or b'').decode()}"})
        return False

    def _refuse(self, challenge: str) -> None:
        self.server.refusals += 1
        self._answer(401, b"", {"WWW-Authenticate": challenge})

    def _unseal(self, body: bytes) -> bytes:
        payload = body.split(_BOUNDARY + b"\r\n")[2].removesuffix(_BOUNDARY + b"--\r\n")
        sealed = payload.replace(b"\tContent-Type: application/octet-stream\r\n", b"", 1)
        (length,) = struct.unpack("<i", sealed[:4])
        assert length == 16
        plain: bytes = self.context.unwrap(sealed[4:]).data
        return plain

    def _seal(self, text: bytes) -> bytes:
        wrapped = self.context.wrap(text, encrypt=True).data
        return b"".join(
            (
                _BOUNDARY + b"\r\n\tContent-Type: " + _SEALED.encode() + b"\r\n",
                b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % len(text),
                _BOUNDARY + b"\r\n\tContent-Type: application/octet-stream\r\n",
                struct.pack("<i", 16) + wrapped + _BOUNDARY + b"--\r\n",
            )
        )

    def _dispatch(self, body: bytes) -> None:
        root = ET.fromstring(body)
        header = root.find(f"{_SOAP}Header")
        assert header is not None
        action = _text(header, f"{_ADDRESSING}Action").rpartition("/")[2]
        self.server.asked.append((action, len(body)))
        if self._misbehaves(self.server.take(action)):
            return
        if len(body) > MAX_ENVELOPE:
            self._fault(TOO_LARGE)
            return
        content = root.find(f"{_SOAP}Body")
        assert content is not None
        identity = _text(header, f".//{_WSMAN}Selector")
        shell = self.server.shells.get(identity)
        if action == "Create":
            pages = [one.text for one in header.iter(f"{_WSMAN}Option") if one.get("Name") == "WINRS_CODEPAGE"]
            identity = str(uuid.uuid4()).upper()
            self.server.shells[identity] = Shell(self.server, int(pages[0] or 0) if pages else _CONSOLE)
            self._tell(
                header, f'<x:ResourceCreated><w:Selector Name="ShellId">{identity}</w:Selector></x:ResourceCreated>'
            )
        elif shell is None:
            self._fault(NO_SHELL)
        else:
            getattr(self, f"_{action.lower()}")(header, content, shell, identity)

    def _command(self, header: ET.Element, content: ET.Element, shell: Shell, _identity: str) -> None:
        pipes = [one.text for one in header.iter(f"{_WSMAN}Option") if one.get("Name") == "WINRS_CONSOLEMODE_STDIN"]
        assert pipes == ["FALSE"], "the console would translate what is sent"
        identity = str(uuid.uuid4()).upper()
        shell.commands[identity] = Command(_text(content, f".//{_SHELL}Command"), shell)
        self._tell(header, f"<r:CommandResponse><r:CommandId>{identity}</r:CommandId></r:CommandResponse>")

    def _send(self, header: ET.Element, content: ET.Element, shell: Shell, _identity: str) -> None:
        stream = content.find(f".//{_SHELL}Stream")
        assert stream is not None
        shell.commands[str(stream.get("CommandId"))].write(base64.b64decode(stream.text or ""))
        self._tell(header, "<r:SendResponse/>")

    def _receive(self, header: ET.Element, content: ET.Element, shell: Shell, _identity: str) -> None:
        wanted = content.find(f".//{_SHELL}DesiredStream")
        assert wanted is not None
        identity = str(wanted.get("CommandId"))
        seconds = float(re.sub(r"[^\d.]", "", _text(header, f"{_WSMAN}OperationTimeout")))
        told, status = shell.commands[identity].receive(seconds)
        if status is None and not any(told.values()):
            self._fault(NOTHING_YET)
            return
        streams = "".join(
            f'<r:Stream Name="{name}" CommandId="{identity}">{base64.b64encode(data).decode()}</r:Stream>'
            for name, data in told.items()
            if data
        )
        state = f'<r:CommandState CommandId="{identity}" State="{_STATE}Running"/>'
        if status is not None:
            code = f"<r:ExitCode>{status}</r:ExitCode>"
            state = f'<r:CommandState CommandId="{identity}" State="{_STATE}Done">{code}</r:CommandState>'
        self._tell(header, f"<r:ReceiveResponse>{streams}{state}</r:ReceiveResponse>")

    def _signal(self, header: ET.Element, content: ET.Element, shell: Shell, _identity: str) -> None:
        signal = content.find(f".//{_SHELL}Signal")
        assert signal is not None
        shell.commands[str(signal.get("CommandId"))].kill()
        self._tell(header, "<r:SignalResponse/>")

    def _delete(self, header: ET.Element, _content: ET.Element, shell: Shell, identity: str) -> None:
        del self.server.shells[identity]
        for command in shell.commands.values():
            command.kill()
        self._tell(header, "")

    def _tell(self, header: ET.Element, content: str) -> None:
        related = _text(header, f"{_ADDRESSING}MessageID")
        self._answer(200, _envelope(f"<a:RelatesTo>{related}</a:RelatesTo>", content))

    def _fault(self, code: int) -> None:
        reason = "Accès refusé : l’opération demandée n’a pas été exécutée."
        fault = (
            "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode>"
            f'</s:Code><s:Reason><s:Text xml:lang="fr-FR">{escape(reason)}</s:Text></s:Reason><s:Detail>'
            f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{code}"/></s:Detail>'
            "</s:Fault>"
        )
        self._answer(500, _envelope("", fault))

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        kind = "application/soap+xml;charset=UTF-8"
        if self.sealing and body:
            body = self._seal(body)
            kind = f'multipart/encrypted;protocol="{_SEALED}";boundary="Encrypted Boundary"'
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _misbehaves(self, told: str) -> bool:
        """Do what is told instead of an answer, and tell whether anything was."""
        if told.isdigit():
            self._fault(int(told))
        elif told == "refuse":
            self.sealing = False
            self._answer(503, b"")
        elif told == "garbage":
            self._answer(200, b"<html>Bienvenue")
        elif told == "naked":
            self.sealing = False
            self._answer(200, _envelope("", "<r:ReceiveResponse/>"))
        elif told == "elsewhere":
            self.sealing = False
            self._answer(307, b"", {"Location": f"http://127.0.0.1:{self.server.port}/ailleurs"})
        elif told == "hang":
            self.server.stopping.wait(60)
            self._hang_up()
        elif told == "close":
            self._hang_up()
        elif told in {"cut", "drip", "flood"}:
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 40))
            self.end_headers()
            self._pour(told)
            self._hang_up()
        return bool(told)

    def _pour(self, how: str) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and not self.server.stopping.is_set():
            self.wfile.write(b" " * (1 << 16 if how == "flood" else 1))
            if how == "cut":
                return
            if how == "drip":
                self.server.stopping.wait(0.2)

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def line_of_program(line: str) -> str:
    """Return the program that ``cmd.exe`` runs for a line with ``call``."""
    found = re.match(r'call "([^"]+)" ', line)
    return found[1] if found else ""


def _text(element: ET.Element, path: str) -> str:
    found = element.find(path)
    return (found.text or "") if found is not None else ""


def _envelope(header: str, content: str) -> bytes:
    return (
        '<s:Envelope xml:lang="fr-FR" xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer"'
        ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"'
        ' xmlns:r="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">'
        f"<s:Header>{header}</s:Header><s:Body>{content}</s:Body></s:Envelope>"
    ).encode()
