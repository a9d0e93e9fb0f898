"""Isolating a host and letting it back, by playbook; Ctrl-C lets the current step end or be rolled back."""

import ipaddress
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from rempart_agent.cli.language import words
from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.extra_vars import write_overlay
from rempart_controller.remediation.ansible.playbook import Access, Playbook
from rempart_core.content.place import content_root
from rempart_core.error import RemediationError
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message, listed, own
from rempart_core.text import Text, clean_line

_BAD = frozenset({"failed", "unreachable"})


@dataclass(slots=True)
class Outcome:
    """What a playbook came to on a host.

    Attributes:
        failures: What failed, and why; none where all went well.
        answers: What our modules answered, in their order.
        changed: How many tasks changed something.
        begun: Whether the host may have begun to change.
    """

    failures: list[Message] = field(default_factory=list)
    answers: list[Mapping[str, Any]] = field(default_factory=list)
    changed: int = 0
    begun: bool = False

    def answer(self, *names: str) -> Mapping[str, Any]:
        """Return the last answer that has all these names; nothing where none has."""
        return next((one for one in reversed(self.answers) if all(name in one for name in names)), {})


class Operator:
    """Runs the playbooks of incidents on one host."""

    def __init__(self, access: Access, host: str, progress: Callable[[str], None]) -> None:
        """Get ready.

        Args:
            access: How hosts are reached.
            host: The host.
            progress: Is told the name of each task.
        """
        self._access = access
        self._host = host
        self._progress = progress

    def play(self, name: str, variables: JsonObject) -> Outcome:
        """Run a playbook to its end.

        Args:
            name: Of its file.
            variables: What it is told; plain data.

        Raises:
            RemediationError: Ansible could not begin.
        """
        outcome = Outcome()
        with tempfile.TemporaryDirectory(prefix="rempart-") as folder, finishing(self._progress):
            overlay = write_overlay(folder, {self._host: variables})
            access = replace(self._access, inventories=[*self._access.inventories, overlay])
            for event in Playbook(os.path.join(content_root(), "playbooks", name), access, [self._host]):
                self._hear(event, outcome)
        return outcome

    def _hear(self, event: Event, outcome: Outcome) -> None:
        if event.kind == "begin":
            self._progress(event.task)
            return
        if event.outcome in _BAD and not event.ignored:
            reason = own(Text(*map(clean_line, event.why))) if event.message else Message("incident.host_unreachable")
            outcome.failures.append(Message("text.labelled", label=clean_line(event.task), text=reason))
        outcome.changed += event.outcome == "changed"
        outcome.begun |= event.begun
        if isinstance(event.answer, dict) and event.answer:
            outcome.answers.append(event.answer)


@contextmanager
def finishing(say: Callable[[str], None]) -> Iterator[None]:
    """Let a step come to its end, whatever Ctrl-C: half of it would be worse than either."""

    def note(_: int, __: object) -> None:
        say(words("incident.finishing"))

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class NotIsolated(RemediationError):
    """A host is not isolated, or nobody knows.

    Attributes:
        undone: Whether what was begun is undone for sure.
    """

    def __init__(self, message: Message, *, undone: bool) -> None:
        """Keep what happened.

        Args:
            message: Why.
            undone: Whether the host is seen to be as it was before.
        """
        self.undone = undone
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Isolated:
    """A host that was isolated.

    Attributes:
        address: From where it still can be reached.
        port: At which port.
        rules: The rules of nftables before, without the quarantine.
        quarantine: The rules of the quarantine, as the host lists them.
        changed: Whether anything was changed; not where it was isolated already.
    """

    address: str
    port: int
    rules: str
    quarantine: str
    changed: bool


def isolate(operator: Operator, change: str, holder: str, lifts: int) -> Isolated:
    """Isolate a host; it counts once a new connection has worked, and is undone at once where none does.

    Args:
        operator: Of the host.
        change: Id of the change.
        holder: Who does it, for others to read.
        lifts: Seconds after which the host lifts it by itself; 0 for never.

    Raises:
        NotIsolated: It is not; the message says why.
    """
    variables: JsonObject = {"change": change, "holder": holder, "lifts_after": lifts}
    outcome = operator.play("isolate.yml", variables)
    if not outcome.failures:
        try:
            return _read_isolated(outcome)
        except ValueError as error:
            outcome.failures.append(Message("incident.answer_wrong_why", error=str(error)))
    why = listed(outcome.failures)
    if not outcome.begun:
        raise NotIsolated(Message("incident.not_isolated_why", why=why), undone=True)
    undone = operator.play("release.yml", {"change": change, "force": True})
    if undone.failures and not undone.answer("rules", "quarantine"):
        failures = listed(undone.failures)
        raise NotIsolated(Message("incident.not_isolated_stuck", why=why, failures=failures), undone=False)
    raise NotIsolated(Message("incident.not_isolated_undone", why=why), undone=True)


def _read_isolated(outcome: Outcome) -> Isolated:
    before = next((one for one in outcome.answers if "way" in one and "rules" in one), {})
    after = outcome.answer("way", "rules", "quarantine")
    way = after.get("way")
    if not isinstance(way, dict):
        raise ValueError("no way in")  # noqa: TRY004 - what an endpoint says is a value, not a type of ours
    address = ipaddress.ip_address(str(way.get("address")))
    port = int(way.get("port") or 0)
    quarantine = str(after.get("quarantine") or "")
    if not 0 < port < 65536 or not quarantine:
        raise ValueError("no quarantine")
    return Isolated(str(address), port, str(before.get("rules", "")), quarantine, bool(outcome.changed))


def release(operator: Operator, change: str, *, force: bool) -> str:
    """Lift the isolation of a host, and return the rules of nftables that are left: the former ones.

    Args:
        operator: Of the host.
        change: Id of the change that isolated it.
        force: Whether it is lifted though it was tampered with.

    Raises:
        RemediationError: It is not lifted.
    """
    outcome = operator.play("release.yml", {"change": change, "force": force})
    if outcome.failures and not (force and outcome.answer("rules", "quarantine")):
        raise RemediationError(Message("incident.not_released_why", why=listed(outcome.failures)))
    answer = outcome.answer("rules", "quarantine")
    if not answer or answer.get("quarantine"):
        raise RemediationError(Message("incident.still_isolated"))
    return str(answer.get("rules", ""))


def read_logs(operator: Operator, variables: JsonObject) -> tuple[JsonObject, Message | None]:
    """Return what the host's logs are, as :func:`collecting.keep_logs` takes it, and why they did not come.

    Args:
        operator: Of the host.
        variables: Limits and places, as the role takes them.
    """
    try:
        outcome = operator.play("collect_evidence.yml", variables)
    except RemediationError as error:
        return {}, error.message
    return outcome.answer("items"), listed(outcome.failures) if outcome.failures else None
