"""Playing one of our playbooks on hosts, each told its own."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rempart_controller.remediation.ansible.event import Event, Told
from rempart_controller.remediation.ansible.extra_vars import write_overlay
from rempart_controller.remediation.ansible.playbook import Access, Playbook
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.ansible.task_name import name_task
from rempart_core.text import Text


def play(
    playbooks: str,
    name: str,
    access: Access,
    variables: Told,
    *,
    check: bool = False,
    stop: str = "",
    groups: Mapping[str, Sequence[str]] = {},
) -> Iterator[Event]:
    """Run a playbook, and yield what happens.

    Args:
        playbooks: The folder of playbooks.
        name: Its name there.
        access: How hosts are reached.
        variables: What each host is told, by host; it runs on these.
        check: Whether it only says what it would do.
        stop: A file; when it is there no further task begins. ``""`` for none.
        groups: Groups of this run's own, with their hosts.

    Raises:
        RemediationError: Ansible could not begin.
    """
    with tempfile.TemporaryDirectory(prefix="rempart-") as folder:
        overlay = write_overlay(folder, variables, own_way=True, groups=groups)
        own = replace(access, inventories=[*access.inventories, overlay])
        yield from Playbook(os.path.join(playbooks, name), own, list(variables), check=check, stop=stop)


def listener_of(
    playbooks: str, access: Access, console: Console, *, check: bool = False
) -> Callable[[str, Told], Iterator[Event]]:
    """Return what runs a playbook, shows what happens, and yields what its tasks came to.

    Args:
        playbooks: The folder of playbooks.
        access: How hosts are reached.
        console: Where it is shown.
        check: Whether it only says what it would do.
    """

    def tell(name: str, variables: Told) -> Iterator[Event]:
        for event in play(playbooks, name, access, variables, check=check):
            if event.kind == "start":
                console.begin(event.host, name_task(event.task))
            elif event.kind == "progress":
                console.tell(event.host, Text(*event.doing))
            elif event.kind == "task":
                console.show(event.host, name_task(event.task), done=True)
                yield event
        console.rest()

    return tell
