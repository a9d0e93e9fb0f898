"""HostAuditor: hosts are audited through new connections, by the same checks that found what is to be fixed."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from rempart_agent.audit import content_cache
from rempart_agent.audit.request import Request
from rempart_controller.fleet.fleet import Fleet, Limits
from rempart_controller.inventory.host import Host
from rempart_controller.remediation.planning.precondition import PRECONDITION, lend, tell
from rempart_core.content.fixfile import Fix
from rempart_core.content.place import check_directories, content_root
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.parameter import Value
from rempart_core.model.result import Run


def playbook_folder(given: str = "") -> str:
    """Return the folder of the playbooks: those that come with Rempart, or the user's copy of them.

    Raises:
        UsageError: There are none, or others may write to them: what stands there runs as root on the endpoints.
    """
    folder = os.path.abspath(given) if given else os.path.join(content_root(), "playbooks")
    for name in ("apply.yml", "finish.yml", "rollback.yml", "roles/change"):
        path = os.path.join(folder, name)
        try:
            status = os.stat(path)
        except OSError as error:
            raise UsageError(Message("change.no_playbooks", path=path, error=reason_of(error))) from error
        if sys.platform != "win32" and given and (status.st_uid not in {0, os.geteuid()} or status.st_mode & 0o002):
            raise UsageError(Message("change.open_playbooks", path=path))
    return folder


def digest_playbooks(folder: str) -> str:
    """Return the SHA-256 of what a plan would run: names and contents of all files below a folder of playbooks.

    Raises:
        UsageError: One of them can't be read.
    """
    whole = hashlib.sha256()
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            path = os.path.join(where, name)
            try:
                with open(path, "rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error
            whole.update(f"{os.path.relpath(path, folder)}\0{content}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def expect_known(checks: Iterable[str], directories: Sequence[str]) -> tuple[str, ...]:
    """Return those of some checks that there are here: an endpoint may know others, of another controller's content.

    Args:
        checks: Their ids.
        directories: Folders of the user's own checks and profiles.
    """
    known = {check.id for check in content_cache.load(check_directories(directories)).checks}
    return tuple(sorted(known.intersection(checks)))


class HostAuditor:
    """Audits hosts; see :class:`rempart_controller.remediation.execution.stage.Measure`.

    Attributes:
        beside: Host to check to values in force, of those checks whose values fixes of others read; known once
            preconditions were asked, whether such a check was asked itself or not.
    """

    def __init__(
        self,
        hosts: Iterable[Host],
        request: Request,
        effort: Limits,
        tell: Callable[[int, int], None],
        playbooks: str,
        fixes: Mapping[tuple[str, str], Fix] = {},
        accept_lost: Sequence[str] = (),
    ) -> None:
        """Get ready.

        Args:
            hosts: The hosts that may be asked.
            request: What the command line asks of each.
            effort: How much is spent.
            tell: Is told how many hosts are done, and of how many.
            playbooks: The folder of playbooks, whose preconditions are asked.
            fixes: The fixes that need them, by check and platform.
            accept_lost: Accounts whose way in may be lost.
        """
        self._accept_lost = tuple(accept_lost)
        self._preconditions = os.path.join(playbooks, "preconditions")
        self._fixes = fixes
        self._hosts = {host.name: host for host in hosts}
        self._request = request
        self._effort = effort
        self._tell = tell
        self.beside: dict[str, dict[str, dict[str, Value]]] = {}

    def __call__(self, names: Sequence[str], deadline: float | None = None) -> dict[str, Run]:
        """See Measure.__call__."""
        effort = self._effort if deadline is None else self._effort._replace(host_deadline=deadline)
        return self._hear(Fleet([self._hosts[name] for name in names], self._request, effort))

    def with_preconditions(self, names: Sequence[str]) -> dict[str, Run]:
        """Return the runs of hosts, with the preconditions of fixes among the results."""
        request = self._request._replace(
            directories=(*self._request.directories, self._preconditions),
            also=(*self._request.also, f"{PRECONDITION}*"),
        )
        checks = content_cache.load(check_directories(request.directories)).checks
        request = request._replace(lent=lend(self._fixes, checks))
        fleet = Fleet([tell(self._hosts[name], checks, self._accept_lost) for name in names], request, self._effort)
        runs = self._hear(fleet)
        read = sorted({one for fix in self._fixes.values() for one in fix.values})
        for number, name in enumerate(names):
            self.beside[name] = fleet.values_of(number, runs[name], read)
        return runs

    def _hear(self, fleet: Fleet) -> dict[str, Run]:
        found: dict[str, Run] = {}
        for heard in fleet.audit(range(len(fleet.hosts))):
            found[fleet.hosts[heard.number].name] = fleet.run_of(heard.number, heard.said)
            self._tell(len(found), len(fleet.hosts))
        return found


def without_preconditions(run: Run) -> Run:
    """Return a run as an audit would have it."""
    return run._replace(results=[one for one in run.results if not one.check.startswith(PRECONDITION)])
