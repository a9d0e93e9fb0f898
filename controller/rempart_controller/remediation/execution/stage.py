"""What all steps of an apply share: how hosts are reached, what is told, and what was found before."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rempart_controller.remediation.ansible.answer import read_reports
from rempart_controller.remediation.ansible.event import Event, Told
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.run_playbook import play
from rempart_controller.remediation.ansible.task_name import name_task
from rempart_controller.remediation.records.attribution import touches_of_act, writes_for_sshd
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_core.content.fixfile import ANYTHING
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say, say_both
from rempart_core.model.result import Run, State
from rempart_core.text import NOTHING, Text

_EACH = 4  # seconds that a wave is given for each of its hosts


class Measure(Protocol):
    """Audits hosts through new connections."""

    def __call__(self, names: Sequence[str], deadline: float | None = None) -> dict[str, Run]:
        """Return the run of each host, by name; ``deadline`` is in seconds for one host."""


class ProgressListener(Protocol):
    """Shows what happens."""

    def begin(self, host: str, text: str | Text) -> None:
        """Show that a host begins with something.

        Args:
            host: Its name.
            text: What it begins with.
        """

    def tell(self, host: str, doing: Text) -> None:
        """Show what a host is doing, as it says itself.

        Args:
            host: Its name.
            doing: What it says.
        """

    def show(self, host: str, text: str | Text, *, done: bool = False) -> None:
        """Show what happens on a host.

        Args:
            host: Its name.
            text: What happens there.
            done: Whether it has ended there.
        """

    def rest(self) -> None:
        """Show that no host is at work any more."""

    def say(self, text: str) -> None:
        """Say something that stays."""


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is applied.

    Attributes:
        change: Id of the change.
        holder: Who applies it.
        playbooks: The folder of playbooks.
        revert_after: Seconds after which an endpoint undoes a change that nobody confirms.
        opens: Checks that a fix is known to open, by check.
        stop: A file; when it is there the hosts in hand are undone. ``""`` for none.
        touches: What a fix may touch, by check, in the words of ``Fix.touches``.
        language: ``en`` or ``fr``, for what is said on the way.
        closed: Tells why a host may not be changed now; ``NOTHING`` where it may.
        waits: Is told when nothing is left in hand but lost hosts that are waited for, and when that has ended.
    """

    change: str
    holder: str
    playbooks: str
    revert_after: int
    opens: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stop: str = ""
    touches: Mapping[str, frozenset[str]] = field(default_factory=dict)
    language: str = "en"
    closed: Callable[[str], Text] = lambda _: NOTHING
    waits: Callable[[bool], object] = lambda _: None


def is_lost(run: Run | None) -> bool:
    """Tell whether nothing could be asked of a host."""
    return run is None or all(one.state is State.NOT_CHECKED for one in run.results)


class Stage:
    """What the steps of an apply work with."""

    def __init__(self, options: ApplyOptions, access: Access, measure: Measure, listener: ProgressListener) -> None:
        """Get ready.

        Args:
            options: How.
            access: How hosts are reached.
            measure: Audits hosts.
            listener: Is told what happens.
        """
        self.options, self.measure, self.listener = options, measure, listener
        self._access = access
        self._armed: dict[str, float] = {}
        self._running: set[str] = set()
        self._touched: dict[tuple[str, str], frozenset[str]] = {}
        self._unread: set[tuple[str, str]] = set()

    def touched(self, host: str, checks: Iterable[str]) -> frozenset[str]:
        """Return what fixes may have touched on a host: what it says itself, else what they declare.

        Args:
            host: Its name.
            checks: Whose fixes are meant; of one that neither side says anything of, anything may be touched.
        """
        unknown = frozenset({ANYTHING})
        said = (self._touched.get((host, one), self.options.touches.get(one, unknown)) for one in checks)
        return frozenset().union(*said)

    def has_sshd_read(self, host: str, checks: Iterable[str]) -> bool:
        """Tell whether it was proved on a host that sshd has read all that fixes wrote for it.

        Args:
            host: Its name.
            checks: Whose fixes are meant; one whose acts were not noted is not proved.
        """
        return all((host, one) in self._touched and (host, one) not in self._unread for one in checks)

    def _note(self, event: Event) -> None:
        """Note what an endpoint says of its timer, and of what fixes have touched."""
        if event.left:
            self._armed[event.host] = time.time() + event.left
        elif event.answer.get("guarded"):
            self._armed.setdefault(event.host, time.time() + self.options.revert_after)
        for fix in read_reports(event.answer):
            self.note_acts(event.host, fix.check, fix.acts, fix.loaded)

    def note_acts(self, host: str, check: str, acts: Collection[tuple[str, str]], loaded: Collection[str] = ()) -> None:
        """Note kind and target of each act of a fix, and the effects that were proved, as the endpoint says it.

        Args:
            host: Its name.
            check: Whose fix it was.
            acts: Kind and target of each.
            loaded: The effects that were proved, by name.
        """
        if any("ssh" in one for one in loaded):
            self._unread.discard((host, check))
        elif any(writes_for_sshd(kind, target) for kind, target in acts):
            self._unread.add((host, check))
        found = (touches_of_act(kind, target) for kind, target in acts)
        known = self._touched.get((host, check), frozenset())
        declared = self.options.touches.get(check, frozenset()) - {ANYTHING}
        self._touched[host, check] = known.union(declared, *found)

    def play(self, name: str, variables: Told) -> Iterator[Event]:
        """Run a playbook; yields what tasks came to. What undoes, and what keeps, is never stopped.

        Args:
            name: The playbook's file.
            variables: Host to its variables; it runs on these hosts alone.

        Raises:
            RemediationError: Ansible could not begin.
        """
        stop = self.options.stop if name == "apply.yml" else ""
        for event in play(self.options.playbooks, name, self._access, variables, stop=stop):
            if event.kind == "start":
                self.listener.begin(event.host, name_task(event.task))
            elif event.kind == "progress":
                self.listener.tell(event.host, Text(*event.doing))
                self._running.add(event.host)
                if event.left:
                    self._armed[event.host] = time.time() + event.left
            elif event.kind == "task":
                self.listener.show(event.host, name_task(event.task), done=True)
                self._note(event)
                yield event
            elif event.kind == "end":
                yield event
        self.listener.rest()

    @property
    def halted(self) -> bool:
        """Tell whether somebody wants the hosts in hand undone."""
        return bool(self.options.stop) and os.path.exists(self.options.stop)

    def patience(self, hosts: int) -> int:
        """Return the seconds after which endpoints undo what nobody confirmed: a large wave takes its time."""
        return self.options.revert_after + _EACH * hosts

    def lose(self, host: HostOutcome, why: Text) -> None:
        """Note that a host was lost, and say at once who undoes what was done there.

        Args:
            host: Its outcome.
            why: What was the last that is known of it.
        """
        host.state = "lost"
        host.notes.append(why)
        if host.begun:
            who = own(self.say_who_undoes(host.name))
            told = Message("execution.lost_host", host=host.name, why=own(why), who=who)
            self.listener.say(say(told, self.options.language))

    def say_who_undoes(self, name: str) -> Text:
        """Return who undoes what was done on a host that does not answer, and until when."""
        end = self._armed.get(name)
        if end is None and name in self._running:
            return say_both(Message("execution.goes_on", change=self.options.change))
        if end is None:
            return say_both(Message("execution.nobody", change=self.options.change))
        return say_both(Message("execution.by_timer", time=time.strftime("%H:%M:%S", time.gmtime(end + 1))))
