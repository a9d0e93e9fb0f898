"""Running a playbook: ``ansible-playbook`` in a child process, which tells what happens.

The events come from a callback plugin of ours through a pipe. ansible-runner would do the same, but it keeps each event
with all of the task's result as a file, and its signal handlers fight with a transaction that must be finished.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rempart_controller.remediation.ansible.event import Event, Limits
from rempart_controller.remediation.ansible.watch import Watch, end_group
from rempart_core.error import RemediationError
from rempart_core.messages.message import Message
from rempart_core.text import clean

_KEEP_ALIVE = ("ServerAliveInterval=5", "ServerAliveCountMax=2", "ConnectTimeout=5")


@dataclass(frozen=True, slots=True)
class Access:
    """How hosts are reached, in words of ``ansible-playbook``.

    Attributes:
        inventories: Inventories, in their order.
        words: Further options that say how: user, key, vault.
        password: Of the connection; ``""`` for none.
        become_password: Of sudo; ``""`` for none.
        forks: Hosts at a time.
        limits: How long a run of a playbook may take.
    """

    inventories: Sequence[str]
    words: Sequence[str] = ()
    password: str = field(default="", repr=False)
    become_password: str = field(default="", repr=False)
    forks: int = 25
    limits: Limits = field(default_factory=Limits)


class Playbook:
    """One run of a playbook; iterate over it for its events, to the end."""

    def __init__(self, path: str, access: Access, hosts: Sequence[str], *, check: bool = False, stop: str = "") -> None:
        """Get ready; nothing runs before the first event is asked for.

        Args:
            path: The playbook.
            access: How hosts are reached.
            hosts: The hosts that it runs on.
            check: Whether it only says what it would do.
            stop: A file; when it is there no further task begins. ``""`` for none.
        """
        self._stop = stop
        self._path = path
        self._access = access
        self._hosts = hosts
        self._check = check
        self.complaint = ""

    def __iter__(self) -> Iterator[Event]:
        """Run it.

        Raises:
            RemediationError: Ansible could not begin.
        """
        with tempfile.TemporaryDirectory(prefix="rempart-") as folder:
            yield from self._run(folder)

    def _run(self, folder: str) -> Iterator[Event]:
        Path(folder, "hosts").write_text("".join(f"{name}\n" for name in self._hosts), encoding="utf-8")
        words = [sys.executable, "-m", "ansible", "playbook", self._path, "--limit", f"@{folder}/hosts", "--diff"]
        for inventory in self._access.inventories:
            words += ["--inventory", inventory]
        words += ["--forks", str(self._access.forks), *self._access.words, *(["--check"] if self._check else [])]
        inside, outside = os.pipe()
        near, far = os.pipe()  # what hosts say while a task of theirs goes on
        secrets = {"--connection-password-file": self._access.password}
        secrets["--become-password-file"] = self._access.become_password
        handles = [outside, far]
        for option, secret in secrets.items():
            if secret:
                handle = _hold(secret)
                handles.append(handle)
                words += [option, f"/dev/fd/{handle}"]
        with tempfile.TemporaryFile() as said:
            try:
                child = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    pass_fds=handles,
                    env=_environment(folder, (outside, far), self._stop, self._access.limits),
                    start_new_session=True,  # Ctrl-C is ours to answer: a change is finished or undone
                )
            finally:
                for handle in handles:
                    os.close(handle)
            watch = Watch(self._access.limits, -(-len(self._hosts) // max(self._access.forks, 1)))
            with os.fdopen(inside, "rb", buffering=0) as pipe, os.fdopen(near, "rb", buffering=0) as beside:
                try:
                    yield from watch.hear(pipe.fileno(), beside.fileno())
                finally:
                    if watch.late:
                        end_group(child)
            status = child.wait()
            said.seek(0)
            self.complaint = clean(said.read().decode("utf-8", "replace")).strip()
        if watch.late or (self._stop and os.path.exists(self._stop)):
            return
        if status not in {0, 2, 4} or not watch.heard:
            raise RemediationError(
                Message("change.ansible", error=self.complaint[-2000:])
                if self.complaint
                else Message("change.ansible_status", status=status)
            )


def _hold(secret: str) -> int:
    """Return a descriptor from which a secret can be read once: it never has a name, nor a place in a command line."""
    inside, outside = os.pipe()
    os.write(outside, secret.encode())
    os.close(outside)
    return inside


def _environment(folder: str, events: tuple[int, int], stop: str, limits: Limits) -> dict[str, str]:
    own = {
        "REMPART_STOP": stop,
        "REMPART_EVENTS": str(events[0]),
        "REMPART_PROGRESS": str(events[1]),
        "REMPART_PARENT": str(os.getpid()),
        "ANSIBLE_STDOUT_CALLBACK": "rempart_events",
        "ANSIBLE_CALLBACK_PLUGINS": os.path.join(os.path.dirname(__file__), "callback_plugins"),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": os.path.join(folder, "cp"),  # each run connects anew
        # A host that vanishes is missed after 15 s; what the inventory says in ssh_args goes before this.
        "ANSIBLE_SSH_EXTRA_ARGS": " ".join(
            [os.environ.get("ANSIBLE_SSH_EXTRA_ARGS", ""), *(f"-o {one}" for one in _KEEP_ALIVE)]
        ).strip(),
        "ANSIBLE_TASK_TIMEOUT": str(int(limits.task)),
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
        "ANSIBLE_PYTHON_INTERPRETER": "auto_silent",
        "ANSIBLE_NOCOLOR": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    if "utf" not in (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower():
        own["LC_ALL"] = "C.UTF-8"  # Ansible works in no other encoding
    return os.environ | own
