"""What a worker keeps for audits: the statements of each selection of checks, rendered once for all nodes alike."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from hashlib import blake2b
from typing import NamedTuple

from rempart_agent.audit.content_cache import Content
from rempart_agent.audit.host_checks import CheckSelector, HostChecks
from rempart_agent.audit.planner import tell_time
from rempart_agent.audit.render import render_all
from rempart_agent.audit.request import Request
from rempart_agent.audit.settings import HostSettings
from rempart_core.model.selection import CLOCK

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


class Script(NamedTuple):
    """The checks of a selection on a platform, with their statements.

    Attributes:
        checks: What is judged; its ``texts`` are the platform's.
        texts: Each statement by its digest.
    """

    checks: HostChecks
    texts: Mapping[bytes, str]


def digest_of(sql: str) -> bytes:
    """Return what a statement is known by in the store."""
    return blake2b(sql.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Auditor:
    """The checks that a worker judges with, and what it does besides requests."""

    def __init__(self, content: Content) -> None:
        """Get ready.

        Args:
            content: All checks and profiles.
        """
        self.content = content
        self._scripts: dict[tuple[Asked, str, str], Script] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def script(self, asked: Asked, role: str, platform: str, now: int) -> Script:
        """Return the checks of a machine, those of the clock with the server's time.

        Args:
            asked: What its group is asked.
            role: The role in force.
            platform: ``linux``, ``darwin``, ``windows``; ``""`` where none was recognised.
            now: When the audit began, in seconds since 1970.

        Raises:
            UsageError: The group's profile, or one of its values, is none.
        """
        key = asked._replace(group=""), role, platform
        found = self._scripts.get(key)
        if found is None:
            selector = CheckSelector(self.content, Request(parameters=asked.parameters))
            checks = selector.select(HostSettings(role, asked.profile, (), {}, (), "", "osqueryd"), role, platform)
            texts = render_all(checks.selected, platform, self.content.parts)
            found = Script(checks._replace(texts=texts), _by_digest(texts))
            if len(self._scripts) >= _KEPT:
                self._scripts.clear()
            self._scripts[key] = found
        if platform == "linux" and any(one.parameters.get(CLOCK) == 0 for one in found.checks.selected):
            checks, numbers = tell_time(found.checks, now, self.content.parts)
            return Script(checks, {**found.texts, **_by_digest([checks.texts[number] for number in numbers])})
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


def _by_digest(texts: "list[dict[str, str]] | list[Mapping[str, str]]") -> dict[bytes, str]:
    return {digest_of(sql): sql for statements in texts for sql in statements.values()}
