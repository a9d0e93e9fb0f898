"""The collector: what answers reads on an endpoint, for as long as the connection lasts.

The text of this module is sent through the connection into ``python3 -I -S -c``; the tables follow as text too, when
they are first needed, and are imported from memory. Nothing is written to the endpoint's disk.

Two processes: one that talks to the connection, and a worker that reads tables and can be killed when one does not
answer. When the connection ends, both end, and with them every program that a table may have started.

A frame, both ways: four bytes of size (big-endian), then JSON packed by zlib. In: ``{"modules": {name: text},
"reads": [[table, [column, …], [[column, op, [value, …]], …]], …], "deadline": seconds, "redact": true}``. Out, first:
``{"hello": 1, …}``; then one frame for each read, in order: ``{"kind": "", "message": "", "said": null, "columns":
[name, …], "rows": [[value, …], …]}``, and ``"whys": {text: said, …}`` where texts of the rows are sentences of ours.

Python 3.6 and 3.7 can read this file too, so that they say in their greeting that they are too old.
"""

import json
import os
import select
import struct
import sys
import time
import zlib
from typing import Any, Dict, List, Optional, Set

_SIZE = struct.Struct(">I")
_PACKET = 1 << 15  # bytes: the largest that SSH sends at once
_PACKAGES = (
    "rempart_agent",
    "rempart_agent.source",
    "rempart_agent.formats",
    "rempart_agent.models",
    "rempart_agent.readers",
    "rempart_agent.readers.files",
    "rempart_agent.readers.kernel",
    "rempart_agent.readers.packages",
    "rempart_agent.readers.services",
    "rempart_agent.readers.sshd",
    "rempart_agent.tables",
    "rempart_agent.tables.linux",
    "rempart_agent.targets",
)


class _Gone(Exception):
    """The connection, or the worker, has ended."""


class Finder:
    """Imports our modules from memory."""

    def __init__(self) -> None:
        self.texts: Dict[str, str] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """See ``importlib.abc.MetaPathFinder.find_spec``."""
        # A model may be a folder; what of it came first must not decide whether the rest is found.
        package = name in _PACKAGES or name.startswith("rempart_agent.models.")
        inner = package and any(text.startswith(name + ".") for text in self.texts)
        if name not in self.texts and name not in _PACKAGES and not inner:
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self, origin="<rempart>", is_package=package)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        """See ``importlib.abc.Loader.create_module``."""
        return

    def exec_module(self, module: Any) -> None:
        """See ``importlib.abc.Loader.exec_module``."""
        exec(compile(self.texts.get(module.__name__, ""), "<" + module.__name__ + ">", "exec"), module.__dict__)  # noqa: S102


def _take(descriptor: int, size: int, until: Optional[float] = None) -> bytes:
    """Return ``size`` bytes.

    Raises:
        TimeoutError: they are not there at the moment ``until``.
        _Gone: the other side has ended, or the connection.
    """
    parts: List[bytes] = []
    while size > 0:
        if until is not None:
            rest = until - time.monotonic()
            ready = select.select([descriptor, 0], [], [], max(0, rest))[0]
            if not ready:
                raise TimeoutError
            if descriptor not in ready:  # nothing is due from there before the answers are out, but its end
                raise _Gone
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            raise _Gone
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _take_frame(descriptor: int, until: Optional[float] = None) -> bytes:
    head = _take(descriptor, 4, until)
    return head + _take(descriptor, _SIZE.unpack(head)[0], until)


def _give(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _frame(value: Any) -> bytes:
    data = zlib.compress(json.dumps(value, separators=(",", ":"), default=_plain).encode(), 1)
    return _SIZE.pack(len(data)) + data


def _plain(value: Any) -> str:
    """Return what JSON can't hold as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _failed(how: str, sentence: str, **values: str) -> bytes:
    """Return the frame of a table that did not answer; see ``source.contract.SourceError``, which is not here yet."""
    message = sentence
    for name, value in values.items():
        message = message.replace("{" + name + "}", value)
    return _frame({"kind": how, "message": message, "said": (sentence, values), "columns": [], "rows": []})


class Supervisor:
    """Passes reads on to a worker, and its answers back."""

    def __init__(self) -> None:
        self._finder = Finder()
        self._pid = 0
        self._questions = self._answers = -1
        self._stuck: Set[str] = set()
        self._ready = bytearray()

    def serve(self) -> None:
        """Answer until the connection ends."""
        try:
            while True:
                self._batch(json.loads(zlib.decompress(_take_frame(0)[4:]).decode()))
        finally:
            self._kill()

    def _batch(self, batch: Dict[str, Any]) -> None:
        reads = batch.pop("reads")
        modules = batch["modules"]
        self._finder.texts.update(modules)
        at = 0
        while at < len(reads):
            if not self._pid:
                self._start()
                batch["modules"] = dict(self._finder.texts)
            _give(self._questions, _frame(dict(batch, reads=reads[at:], stuck=sorted(self._stuck))))
            while at < len(reads):
                table = reads[at][0]
                try:
                    answer = _take_frame(self._answers, time.monotonic() + batch["deadline"])
                except TimeoutError:
                    deadline = "{:g}".format(batch["deadline"])
                    answer = _failed(
                        "timeout", "{table} did not answer within {seconds} s", table=table, seconds=deadline
                    )
                except _Gone:
                    if select.select([0], [], [], 0)[0]:
                        raise
                    answer = _failed("engine", "the collector's worker ended while it read {table}", table=table)
                else:
                    self._answer(answer)
                    at += 1
                    continue
                self._stuck.add(table)
                self._kill()
                self._answer(answer)
                at += 1
                break
        self._answer(b"", last=True)

    def _answer(self, data: bytes, last: bool = False) -> None:
        """Send an answer, several at a time: each packet costs whoever asks hundreds of hosts."""
        self._ready += data
        if last or len(self._ready) >= _PACKET:
            _give(1, bytes(self._ready))
            self._ready.clear()

    def _start(self) -> None:
        questions, self._questions = os.pipe()
        self._answers, answers = os.pipe()
        self._pid = os.fork()
        if self._pid:
            os.close(questions)
            os.close(answers)
            return
        try:
            os.setpgid(0, 0)  # with the programs that it starts it is one group, which is killed as a whole
            os.close(self._questions)
            os.close(self._answers)
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):  # no program that a table starts may hold the connection open or speak on it
                os.dup2(nothing, descriptor)
            sys.meta_path.insert(0, self._finder)
            _work(self._finder, questions, answers)
        finally:
            os._exit(0)

    def _kill(self) -> None:
        if not self._pid:
            return
        import signal

        for kill in (os.killpg, os.kill):  # its group is not there before it has made it
            try:
                kill(self._pid, signal.SIGKILL)
            except OSError:
                pass
        os.close(self._questions)
        os.close(self._answers)
        os.waitpid(self._pid, os.WNOHANG)  # one that the kernel holds (a dead network mount) is left to it
        self._pid = 0


def _work(finder: Finder, questions: int, answers: int) -> None:
    """Answer reads until there are no more; runs in the worker."""
    target = None
    while True:
        batch = json.loads(zlib.decompress(_take_frame(questions)[4:]).decode())
        finder.texts.update(batch["modules"])
        if target is None:
            from rempart_agent.targets.live import LiveTarget

            target = LiveTarget()
        for table, columns, constraints in batch["reads"]:
            if table in batch["stuck"]:
                _give(answers, _failed("timeout", "{table} did not answer within the deadline before", table=table))
            else:
                _give(answers, _read(target, table, columns, constraints, batch["redact"]))


def _read(target: Any, table: str, columns: List[str], constraints: List[Any], redact: bool) -> bytes:
    from rempart_agent.source.contract import Constraint
    from rempart_agent.tables import read

    asked = tuple(Constraint(column, op, tuple(values)) for column, op, values in constraints)
    try:
        answer = read.read(target, [read.Request(table, tuple(columns), asked)], redact)[0]
        rows = [[row.get(name) for name in columns] for row in answer.rows]
        head = {"kind": answer.kind, "message": answer.message, "said": answer.said}
        whys = {"whys": answer.whys} if answer.whys else {}
        return _frame({**head, **whys, "columns": columns, "rows": rows})
    except Exception as error:  # noqa: BLE001 - one table that breaks must not end the others: that is its answer
        return _failed("engine", "{table}: {kind}: {error}", table=table, kind=type(error).__name__, error=str(error))


def _greet() -> Dict[str, Any]:
    name = os.uname().nodename
    try:
        import pwd

        user = pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        user = str(os.geteuid())
    try:
        with open("/etc/machine-id", "rb") as file:
            identity = file.read(64).strip()
    except OSError:
        identity = b""
    if identity:
        # machine-id(5): it is confidential, and only a hash that is made with a key of the program's own may leave
        import hashlib
        import hmac

        hashed = hmac.new(identity, b"rempart", hashlib.sha256).hexdigest()
    else:
        hashed = ""
    return {
        "hello": 1,
        "python": "{}.{}.{}".format(*sys.version_info[:3]),
        "system": sys.platform,
        "name": name,
        "user": user,
        "uid": os.geteuid(),
        "machine_id": hashed,
    }


def main() -> None:
    """Greet, and answer until the connection ends."""
    try:
        _give(1, _frame(_greet()))
        if sys.version_info >= (3, 8):
            Supervisor().serve()
    except (_Gone, OSError):
        pass  # whoever asked has gone
    os._exit(0)


if __name__ == "__main__":
    main()
