"""What a worker keeps for audits: the statements of each selection of checks, rendered once for all nodes alike."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import NamedTuple

from rempart_agent.audit.content_cache import Content
from rempart_agent.audit.examine import Circumstances, examine
from rempart_agent.audit.host_checks import CheckSelector, HostChecks
from rempart_agent.audit.render import render_all
from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_agent.engine import DEADLINE, MAX_ROWS, Deferred, Engine
from rempart_controller.agents.wording import Wording
from rempart_core.documents.run_reader import RunReader
from rempart_core.model.check import Check
from rempart_core.model.result import Answer, Run
from rempart_core.signing.compaction import Compactor
from rempart_server.cost import Costs
from rempart_server.foresight import Foresight
from rempart_server.places import Places
from rempart_server.shared import Shared
from rempart_server.together import Together

_KEPT = 200  # selections: memory must not grow with what groups were ever set to


class Asked(NamedTuple):
    """What a group's machines are asked.

    Attributes:
        group: The group's name.
        profile: Name of the profile; ``""`` for the role's own.
        role: ``""`` where each machine's own is recognised.
        parameters: ``CHECK.NAME=VALUE`` texts.
    """

    group: str
    profile: str = ""
    role: str = ""
    parameters: tuple[str, ...] = ()

    @property
    def alike(self) -> "Asked":
        """Return what groups have in common whose machines are asked alike."""
        return self._replace(group="")


class Finished(NamedTuple):
    """An audit that was judged.

    Attributes:
        audit: Its number.
        run: What it came to; None where it could not be judged.
        now: When, in seconds since 1970.
    """

    audit: int
    run: Run | None
    now: int


class Script(NamedTuple):
    """The checks of a selection on a platform, with their statements.

    Attributes:
        checks: What is judged; its ``texts`` are the platform's.
        texts: Each statement by its digest.
        asked: Of each check whether the judging asks a statement of it, by whether osquery runs as the system's own.
        digests: Of each check the digests of its statements.
        platform: The machine's; ``""`` where none was recognised.
        order: The digests of all, those of ``applies`` first.
    """

    checks: HostChecks
    texts: Mapping[bytes, str]
    asked: Mapping[bool, tuple[bool, ...]]
    digests: tuple[tuple[bytes, ...], ...]
    platform: str
    order: tuple[bytes, ...]


@lru_cache(maxsize=8192)
def digest_of(sql: str) -> bytes:
    """Return what a statement is known by in the store."""
    return blake2b(sql.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Auditor:
    """The checks that a worker judges with, and what it does besides requests.

    Attributes:
        content: All checks and profiles.
        costs: What statements took on the machines that answered them.
        compactor: Remembers what signed documents share; the writer's thread alone uses it.
        reader: Remembers what documents of installed agents share.
        shared: Remembers results that hosts share.
        places: Whether more nodes may be audited now.
        foresight: How the last audits went.
        saving: Saves audits that are judged together; None before the first one.
    """

    def __init__(self, content: Content) -> None:
        """Get ready.

        Args:
            content: All checks and profiles.
        """
        self.content = content
        self.compactor = Compactor()
        self.costs = Costs()
        self.reader = RunReader()
        self.shared = Shared()
        self.places = Places()
        self.foresight = Foresight()
        self.saving: Together[Finished, None] | None = None
        self._scripts: dict[tuple[Asked, str, str], Script] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @cached_property
    def checks(self) -> dict[str, Check]:
        """Return the checks by id; they are made when somebody wants them first."""
        return {check.id: check for check in self.content.checks}

    @cached_property
    def wording(self) -> Wording:
        """Return the words of checks for documents of installed agents."""
        return Wording(self.checks)

    def script(self, asked: Asked, role: str, platform: str) -> Script:
        """Return the checks of a machine.

        Those of the clock are not told the server's time: nobody knows when a node ran what it answers now.

        Args:
            asked: What its group is asked.
            role: The role in force.
            platform: ``linux``, ``darwin``, ``windows``; ``""`` where none was recognised.

        Raises:
            UsageError: The group's profile, or one of its values, is none.
        """
        key = asked.alike, role, platform
        found = self._scripts.get(key)
        if found is None:
            selector = CheckSelector(self.content, Request(parameters=asked.parameters))
            checks = selector.select(HostSettings(role, asked.profile, (), {}, (), "", "osqueryd"), role, platform)
            checks = checks._replace(texts=render_all(checks.selected, platform, self.content.parts))
            found = make_script(checks, platform)
            if len(self._scripts) >= _KEPT:
                self._scripts.clear()
            self._scripts[key] = found
        return found

    def start(self, number: int, work: Coroutine[None, None, None]) -> None:
        """Judge beside the request that caused it; what is under way already is not begun twice.

        Args:
            number: The audit's.
            work: What judges it.
        """
        if number in self._tasks:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[number] = task
        task.add_done_callback(lambda done: self._end(number, done))

    def _end(self, number: int, done: asyncio.Task[None]) -> None:
        del self._tasks[number]
        if not done.cancelled() and done.exception() is not None:
            logging.getLogger(__name__).error("audit %d was not judged", number, exc_info=done.exception())

    async def settle(self) -> None:
        """Wait until all is done that was started."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))


def make_script(checks: HostChecks, platform: str) -> Script:
    """Return checks with what is known of their statements.

    Args:
        checks: Their ``texts`` are those of the platform.
        platform: The machine's.
    """
    texts = {digest_of(sql): sql for statements in checks.texts for sql in statements.values()}
    asked = {whether: _find_asked(checks, platform, privileged=whether) for whether in (False, True)}
    digests = tuple(tuple(map(digest_of, statements.values())) for statements in checks.texts)
    first = dict.fromkeys(digest_of(statements["applies"]) for statements in checks.texts if "applies" in statements)
    return Script(checks, texts, asked, digests, platform, tuple(first | dict.fromkeys(texts)))


class _Never(Engine):
    """Puts off whatever it is asked."""

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query."""
        raise Deferred


def _find_asked(checks: HostChecks, platform: str, *, privileged: bool) -> tuple[bool, ...]:
    """Return of each check whether the judging asks anything, by its own word."""
    circumstances = Circumstances(platform, checks.role, privileged, walk=checks.walk)
    found = []
    for selected, texts in zip(checks.selected, checks.texts, strict=True):
        try:
            examine(selected, _Never(), circumstances, texts)
            found.append(False)
        except Deferred:
            found.append(True)
    return tuple(found)
