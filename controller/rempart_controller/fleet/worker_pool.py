"""Worker processes that do one host's job at a time, and can be killed.

A host that sends what makes a regular expression run for ever, or fills memory, has a process of its own to do it in:
past the deadline that process is killed, a new one takes over, and only this host is silent.
"""

import gc
import json
import os
import select
import signal
import struct
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from rempart_core.messages.message import Message, as_is

HANDSHAKES = 8
"""Connections that are begun at a time to one address: sshd's MaxStartups drops some from the tenth on."""

_SIZE = struct.Struct("=I")
_SIZES = struct.Struct("=II")  # before what a worker says: bytes of JSON, and of what goes with it
_GRACE = 5.0  # seconds past its deadline after which a worker that did not notice is killed
_MEMORY = 1 << 30  # bytes that one worker may take, besides what it has from its parent
_MAX_SAID = 256 << 20
_CORES = os.cpu_count() or 1
_LOOK = 0.02  # seconds between two looks for a core that is free


class Bulk(NamedTuple):
    """What a job returns that has more to hand over than JSON should hold.

    Attributes:
        said: JSON can hold it.
        data: Goes with it as it is.
    """

    said: Any
    data: bytes


T = TypeVar("T")
"""What a job returns: JSON can hold it, and it is as JSON gives it back; or ``Bulk``."""

Work = Callable[[int, Callable[[], None]], T]
"""Does the job of that number, calls the function once it is connected, and returns what JSON can hold."""


class Pool(Generic[T]):
    """Does numbered jobs in processes.

    Attributes:
        gave_up: Whether the deadline of the run was reached: what is yielded from then on was not done.
    """

    def __init__(self, work: Work[T], parallel: int, deadline: float, run_deadline: float = 0.0) -> None:
        """Make a pool; processes start when there is work.

        Args:
            work: Does an job; called in a worker.
            parallel: How many at a time.
            deadline: Seconds for one job.
            run_deadline: Seconds for all of them; 0 for no such limit.
        """
        self._work = work
        self._parallel = parallel
        self._deadline = deadline
        self._run_deadline = run_deadline
        self._workers: list[_Worker] = []
        self.gave_up = False

    def run(self, addresses: Sequence[str]) -> Generator[tuple[int, T | None, Message], None, None]:
        """Do the jobs ``0 … n-1``, and yield each as it ends: its number, what it returned, or why it did not.

        Args:
            addresses: For each job, the address that it connects to first.
        """
        until = time.monotonic() + self._run_deadline if self._run_deadline else float("inf")
        line = _Line(addresses)
        gc.collect()
        gc.freeze()  # objects that are not looked at stay shared with the workers
        try:
            while True:
                now = time.monotonic()
                if now >= until:
                    yield from self._give_up(line)
                    return
                self._hand_out(line)
                busy = [worker for worker in self._workers if worker.job >= 0]
                if not busy:
                    return
                moment = min(until, *(worker.until for worker in busy))
                if line.waits and len(self._workers) < self._parallel:
                    moment = min(moment, now + _LOOK)  # there may be a core for another worker by then
                ready = set(select.select([w.answers for w in busy], [], [], max(0.0, moment - now))[0])
                for worker in busy:
                    if worker.answers in ready:
                        yield from self._hear(worker, line)
                    elif time.monotonic() >= worker.until:
                        line.connected(worker.job)
                        yield worker.job, None, Message("host.worker_deadline", deadline=f"{self._deadline:g}")
                        self._end(worker)
        finally:
            gc.unfreeze()
            for worker in list(self._workers):
                self._end(worker)

    def _hand_out(self, line: "_Line") -> None:
        while True:
            idle = next((worker for worker in self._workers if worker.job < 0), None)
            if idle is None and (len(self._workers) >= self._parallel or self._is_busy()):
                return
            job = line.next()
            if job is None:
                return
            if idle is None:
                idle = _Worker(self._work, self._workers)
                self._workers.append(idle)
            idle.begin(job, time.monotonic() + self._deadline + _GRACE)

    def _is_busy(self) -> bool:
        """Tell whether workers reckon on every core: one more would begin from nothing, and none be ready earlier."""
        if sys.platform != "linux" or len(self._workers) < _CORES:
            return False
        reckon = 0
        for worker in self._workers:
            reckon += worker.reckons()
            if reckon >= _CORES:
                return True
        return False

    def _hear(self, worker: "_Worker", line: "_Line") -> Iterator[tuple[int, T | None, Message]]:
        job = worker.job
        try:
            said = worker.hear()
        except (EOFError, ValueError) as error:
            line.connected(job)
            self._end(worker)
            yield job, None, Message("host.worker_ended", error=str(error))
            return
        for one in said:
            line.connected(job)
            if one != "connected":
                worker.job = -1
                yield job, one.get("said"), as_is(one.get("error", ""))

    def _give_up(self, line: "_Line") -> Iterator[tuple[int, T | None, Message]]:
        self.gave_up = True
        reason = Message("host.run_deadline", deadline=f"{self._run_deadline:g}")
        left = [worker.job for worker in self._workers if worker.job >= 0] + line.rest()
        for worker in list(self._workers):
            self._end(worker)
        for job in left:
            yield job, None, reason

    def _end(self, worker: "_Worker") -> None:
        self._workers.remove(worker)
        worker.end()


class _Line:
    """Errands that wait, by address; of one address only so many may be at their handshake."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._waiting: dict[str, deque[int]] = defaultdict(deque)
        for number, address in enumerate(addresses):
            self._waiting[address].append(number)
        self._order = deque(self._waiting)
        self._shaking: dict[str, set[int]] = defaultdict(set)

    def next(self) -> int | None:
        """Return an job that may begin; it is at its handshake until ``connected``."""
        for _ in range(len(self._order)):
            address = self._order[0]
            waiting = self._waiting[address]
            if not waiting:
                self._order.popleft()
                continue
            self._order.rotate(-1)
            if len(self._shaking[address]) < HANDSHAKES:
                job = waiting.popleft()
                self._shaking[address].add(job)
                return job
        return None

    def connected(self, job: int) -> None:
        """Note that an job is past its handshake, or over."""
        self._shaking[self._addresses[job]].discard(job)

    @property
    def waits(self) -> bool:
        """Tell whether jobs wait."""
        return bool(self._order)

    def rest(self) -> list[int]:
        """Return all jobs that wait."""
        return sorted(number for waiting in self._waiting.values() for number in waiting)


class _Worker:
    """One process.

    Attributes:
        questions: The descriptor that it is asked on.
        job: What it does; -1 where it waits.
        until: When it is killed.
        answers: The descriptor that it answers on.
    """

    def __init__(self, work: Work[Any], others: Sequence["_Worker"]) -> None:
        asked, self.questions = os.pipe()
        self.answers, answers = os.pipe()
        self.job = -1
        self.until = 0.0
        self._buffer = bytearray()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid:
            os.close(asked)
            os.close(answers)
            return
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the parent decides
            # A service that is stopped has the signal sent to all its processes: the parent decides here too. A handler
            # that does nothing, since programs that are started would inherit what is ignored.
            signal.signal(signal.SIGTERM, lambda *_: None)
            for descriptor in (self.questions, self.answers, *(d for o in others for d in (o.questions, o.answers))):
                os.close(descriptor)  # or this process would keep those alive that wait for their end
            _limit_memory()
            _serve(work, asked, answers)
        except BaseException:  # noqa: BLE001 - the child must never go on as its parent
            if os.environ.get("REMPART_DEBUG"):
                import traceback

                traceback.print_exc()
        finally:
            os._exit(0)

    def begin(self, job: int, until: float) -> None:
        """Give it an job."""
        self.job, self.until = job, until
        try:
            os.write(self.questions, _SIZE.pack(job))
        except BrokenPipeError:
            pass  # it has died: its answers end as well

    def reckons(self) -> bool:
        """Tell whether it runs, and does not wait for its host."""
        try:
            with open(f"/proc/{self.pid}/stat", "rb") as file:
                return file.read(512).rpartition(b")")[2][1:2] == b"R"
        except OSError:
            return False

    def hear(self) -> list[Any]:
        """Return what it has said since; nothing where that is not whole yet.

        Raises:
            EOFError: it has died.
            ValueError: it talks nonsense.
        """
        part = os.read(self.answers, 1 << 20)
        if not part:
            raise EOFError("without a word")
        self._buffer += part
        said = []
        while len(self._buffer) >= _SIZES.size:
            words, more = _SIZES.unpack_from(self._buffer)
            if words + more > _MAX_SAID:
                raise ValueError("it says too much")
            behind, end = _SIZES.size + words, _SIZES.size + words + more
            if len(self._buffer) < end:
                break
            one = json.loads(self._buffer[_SIZES.size : behind])
            if more:
                one["said"] = Bulk(one["said"], bytes(self._buffer[behind:end]))
            said.append(one)
            del self._buffer[:end]
        return said

    def end(self) -> None:
        """Kill it."""
        os.close(self.questions)
        os.close(self.answers)
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        most = _held() + _MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _held() -> int:
    """Return the bytes of data that this process holds already: a worker begins with all that its parent holds."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _serve(work: Work[Any], questions: int, answers: int) -> None:
    """Do jobs until there are no more; runs in the worker."""

    def say(value: Any, more: bytes = b"") -> None:
        data = json.dumps(value, separators=(",", ":")).encode()
        view = memoryview(_SIZES.pack(len(data), len(more)) + data + more)
        while view:
            view = view[os.write(answers, view) :]

    while True:
        data = os.read(questions, _SIZE.size)
        if len(data) < _SIZE.size:
            return
        more = b""
        try:
            said = work(_SIZE.unpack(data)[0], lambda: say("connected"))
            if isinstance(said, Bulk):
                said, more = said
            said = {"said": said}
        except Exception as error:  # noqa: BLE001 - one bad host must not end the run: that is its result
            said = {"error": f"{type(error).__name__}: {error}"}
        say(said, more)
