r"""The engine osqueryi on a Windows host: one ``osqueryi.exe --json`` in a shell, asked over its standard input.

The statements of a run go out as a script, a few kilobytes ahead of the answers, since nobody reads the answers while
input is sent, and a pipe of Windows holds 4 KiB. A statement that takes osqueryi along is the only one that fails by
it: the others are asked again in a new one.

The input and output of osqueryi are UTF-8 by themselves, ends of lines apart; what ``cmd.exe`` and ``whoami`` say is so
because the shell is asked for that code page.
"""

import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from rempart_agent.engine import DEADLINE, MAX_ROWS, Deferred, Engine
from rempart_agent.engines.osquery.failures import order_columns, sort_failure
from rempart_agent.engines.osquery.osqueryi import flatten, is_complete, read_answer, script
from rempart_agent.engines.remote.collector_client import Greeting
from rempart_controller.transports.winrm_caller import LOOK, PLACE, read_caller
from rempart_controller.transports.winrm_session import Session
from rempart_core.error import EndpointError
from rempart_core.messages.message import Message
from rempart_core.model.result import Answer, EngineIdentity, Failure
from rempart_core.text import clean_line

OUTPUT = 64 << 20
"""Bytes that one answer may take."""

_AHEAD = 4096
_STARTING = 30.0  # seconds in which a new osqueryi must have begun to answer


class Question(NamedTuple):
    """One statement as it is asked.

    Attributes:
        sql: The statement.
        deadline: Seconds that it may take.
        max_rows: Rows that it may give.
    """

    sql: str
    deadline: float = DEADLINE
    max_rows: int = MAX_ROWS


_VERSION = Question("SELECT version FROM osquery_info", _STARTING)
_NAME = Question("SELECT hostname FROM system_info", _STARTING)
_IDENTITY = Question(
    r"SELECT data FROM registry WHERE path = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\MachineGuid'",
    _STARTING,
)


class _FailedError(Exception):
    """osqueryi gave no answer to the statement, and is of no more use."""

    def __init__(self, kind: str, message: Message) -> None:
        self.failure = Failure.of(kind, message)
        super().__init__(message)


class WindowsOsqueryi(Engine):
    """See Engine.

    Attributes:
        greeting: What the host says of itself.
    """

    def __init__(self, session: Session) -> None:
        """Start osqueryi, and prove that it answers.

        Args:
            session: An open session.

        Raises:
            EndpointError: it is not there, or does not answer.
        """
        self._session = session
        self._command = ""
        self._nonce = ""
        self._number = 0
        self._heard = (bytearray(), bytearray())
        self._deferring = False
        self._wanted: dict[Question, None] = {}
        self._answers: dict[Question, Answer] = {}
        self._caller = read_caller(self._run(LOOK))
        self._identity = EngineIdentity("osqueryi", "", self._caller.user, self._caller.privileged)
        if not self._caller.program:
            raise EndpointError(Message("host.no_osquery_windows", place=PLACE), "system")
        self._ask([_NAME, _IDENTITY])
        version = self._first(_VERSION)
        if not version:
            failure = self._answers.get(_VERSION, self._answers[_NAME]).failure
            raise EndpointError(
                Message("host.osqueryi_silent", error=failure.message if failure else "no version"), "system"
            )
        self._identity = self._identity._replace(version=version)
        identity = self._first(_IDENTITY).encode()
        # As /etc/machine-id of Linux: the value itself stays where it is
        hashed = hmac.new(identity, b"rempart", hashlib.sha256).hexdigest() if identity else ""
        name, user, privileged = self._first(_NAME), self._caller.user, self._caller.privileged
        self.greeting = Greeting(name, user, privileged=privileged, python="", machine_id=hashed)

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return self._identity

    def defer(self, on: bool) -> None:
        """See Engine.defer."""
        self._deferring = on

    def settle(self) -> None:
        """See Engine.settle.

        Raises:
            EndpointError: the host is out of reach.
        """
        wanted = list(self._wanted)
        self._wanted.clear()
        self._ask(wanted)

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query.

        Raises:
            EndpointError: the host is out of reach.
        """
        question = Question(sql, deadline, max_rows)
        if question not in self._answers:
            if self._deferring:
                self._wanted[question] = None
                raise Deferred
            self._ask([question])
        return self._answers[question]

    def records(
        self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS
    ) -> tuple[list[dict[str, str]], Failure | None]:
        """Answer SQL as ``osqueryi --json`` does: a dictionary a row.

        Args:
            sql: One statement.
            deadline: Seconds that it may take.
            max_rows: The most rows that are taken.
        """
        answer = self.query(sql, deadline, max_rows)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows], answer.failure

    def close(self) -> None:
        """See Engine.close."""
        self._session.close()
        self._command = ""
        self._answers.clear()

    def _first(self, question: Question) -> str:
        rows = self._answers.get(question, Answer()).rows
        return str(rows[0][0]) if rows and rows[0] else ""

    def _ask(self, questions: Iterable[Question]) -> None:
        """Answer questions, all of them, one after the other.

        Raises:
            EndpointError: the host is out of reach.
        """
        waiting: deque[Question] = deque()
        for question in questions:
            answer = _answer_at_once(question)
            if answer is None:
                waiting.append(question)
            else:
                self._answers[question] = answer
        lost_at: Question | None = None
        while waiting:
            try:
                self._ready()
                self._converse(waiting)
            except _FailedError as error:
                self._answers[waiting.popleft()] = Answer(failure=error.failure)
                self._end()
            except EndpointError as error:
                self._command = ""
                self._session.drop()
                if error.kind != "ended" or lost_at is waiting[0]:
                    raise
                lost_at = waiting[0]  # a host that was begun anew, or a connection that was cut: once more

    def _ready(self) -> None:
        """Start osqueryi where none runs, and see it answer, before the deadline of a statement begins."""
        if self._command:
            return
        if not self._session.is_open:
            self._session.open()
        # "call" stands before the quote that cmd.exe would take away
        self._command = self._session.start(f'call "{self._caller.program}" --json --disable_extensions')
        self._nonce = secrets.token_hex(6)
        for heard in self._heard:
            heard.clear()
        self._converse(deque([_VERSION]))

    def _end(self) -> None:
        """End osqueryi with the whole shell: what else it may have started goes with it."""
        self._command = ""
        self._session.close()

    def _converse(self, waiting: "deque[Question]") -> None:
        """Send statements and take their answers, until none waits or something goes wrong at the first of them."""
        sent: deque[tuple[str, int]] = deque()
        ahead = 0
        while waiting:
            out = ""
            room = ahead <= _AHEAD // 2  # a few statements in each message, rather than one
            while room and len(sent) < len(waiting):
                mark = f"rempart_{self._nonce}_{self._number}"
                text = script(flatten(waiting[len(sent)].sql), mark)
                size = len(text.encode())
                if ahead and ahead + size > _AHEAD:
                    break
                self._number += 1
                out += text
                ahead += size
                sent.append((mark, size))
            if out:
                self._session.send(self._command, out.encode("utf-8", "replace"))
            began = time.perf_counter()
            mark, size = sent.popleft()
            printed, complained = self._hear(mark.encode(), waiting[0])
            self._answers[waiting[0]] = self._judge(waiting[0], printed, complained, time.perf_counter() - began)
            ahead -= size
            waiting.popleft()

    def _judge(self, question: Question, printed: bytes, complained: bytes, seconds: float) -> Answer:
        try:
            told = read_answer(printed, complained)
        except ValueError as error:
            raise _FailedError("engine", Message("engine.osqueryi_invalid", error=str(error))) from error
        if told.error:
            failure = sort_failure(told.error, question.sql, self._identity.version, "windows")
            return Answer(failure=failure, seconds=seconds)
        if len(told.rows) > question.max_rows:
            return Answer(
                failure=Failure.of("limit", Message("engine.too_many_rows", count=str(question.max_rows))),
                seconds=seconds,
            )
        names = tuple(dict.fromkeys(name for row in told.rows for name in row))
        columns = order_columns(question.sql, names) or names
        values = [tuple([row.get(name, "") for name in columns]) for row in told.rows]
        return Answer(columns, values, None, seconds)

    def _hear(self, mark: bytes, question: Question) -> tuple[bytes, bytes]:
        """Return what osqueryi printed and complained of up to a mark in both.

        Raises:
            _FailedError: the mark did not come.
            EndpointError: the host is out of reach.
        """
        until = time.monotonic() + question.deadline
        seen = [0, 0]
        while True:
            found = [heard.find(mark, start) for heard, start in zip(self._heard, seen, strict=True)]
            if -1 not in found:
                printed, complained = (_cut(heard, at, mark) for heard, at in zip(self._heard, found, strict=True))
                return printed, complained
            seen = [
                max(0, len(heard) - len(mark)) if at < 0 else at for heard, at in zip(self._heard, found, strict=True)
            ]
            if max(map(len, self._heard)) > OUTPUT:
                raise _FailedError(
                    "limit", Message("engine.osqueryi", error=Message("host.child_heavy", size=OUTPUT >> 20))
                )
            if time.monotonic() >= min(until, self._session.until):
                raise self._late(question)
            try:
                output = self._session.receive(self._command, until)
            except EndpointError as error:
                if error.kind == "timeout":
                    raise self._late(question) from error
                raise
            self._heard[0].extend(output.printed)
            self._heard[1].extend(output.complained)
            if output.status is not None and not all(mark in heard for heard in self._heard):
                said = decode(bytes(self._heard[1][-400:])).strip().rpartition("\n")[2]
                raise _FailedError("engine", Message("engine.osqueryi", error=_how_it_ended(output.status, said)))

    def _late(self, question: Question) -> Exception:
        if time.monotonic() >= self._session.until:
            return EndpointError(Message("host.deadline"), "timeout")
        return _FailedError(
            "timeout",
            Message("engine.within", what=Message("engine.osqueryi_late"), seconds=f"{question.deadline:g}"),
        )

    def _run(self, line: str) -> str:
        """Return what a line for ``cmd.exe`` prints.

        Raises:
            EndpointError: the host is out of reach, or it does not end.
        """
        command = self._session.start(line)
        printed = bytearray()
        until = time.monotonic() + _STARTING
        while time.monotonic() < until:
            output = self._session.receive(command, until)
            printed += output.printed
            if len(printed) > OUTPUT:
                break
            if output.status is not None:
                self._session.end(command)
                return decode(bytes(printed))
        raise EndpointError(Message("host.cmd_stuck"), "protocol")


def _how_it_ended(status: int, said: str) -> Message:
    number = f"{status & 0xFFFFFFFF:#x}" if status > 255 or status < 0 else str(status)
    if said:
        return Message("host.child_ended_said", status=number, said=clean_line(said))
    return Message("host.child_ended", status=number)


def _answer_at_once(question: Question) -> Answer | None:
    """Return the answer to a statement that nobody needs to be asked, or can be."""
    text = flatten(question.sql)
    if not text:
        return Answer()
    if "\x1a" in text:
        return Answer(failure=Failure("sql", "it holds a Control-Z, which ends all input of a program of Windows"))
    if not is_complete(text):
        return Answer(failure=Failure("sql", "incomplete input"))
    return None


def _cut(heard: bytearray, at: int, mark: bytes) -> bytes:
    """Take what stands before a mark, and the line that it stands in."""
    text = bytes(heard[:at])
    end = heard.find(b"\n", at + len(mark))
    del heard[: end + 1 if end >= 0 else at + len(mark)]
    return text


def decode(printed: bytes) -> str:
    """Return what a program of Windows printed: UTF-8, as it was asked, else the code page of a console in the West."""
    try:
        return printed.decode("utf-8")
    except UnicodeDecodeError:
        return printed.decode("cp850")
