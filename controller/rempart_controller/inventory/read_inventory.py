"""The inventory: which hosts there are, and the way to each.

Ansible reads it, in a child process. An inventory may be a program and its templates may run one, so it is trusted as
Ansible trusts it, and one that others may write to is refused.
"""

import json
import os
import re
import select
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rempart_agent.cli.language import words
from rempart_agent.formats.mask import mask_text
from rempart_controller.inventory.host import Become, Host
from rempart_core.error import EndpointError, UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import suggestion_of
from rempart_core.text import clean, clean_line

INVENTORY_DEADLINE = 600.0
"""Seconds that an inventory may take where nobody says how long a run may take."""
_PATIENCE = 5.0  # seconds for the child to end by itself once it has answered
_MAX_COMPLAINT = 1 << 20  # bytes of what it prints that are looked at
_MAX_WORDS = 2000  # characters of one cause of Ansible's
_BESIDE = ("group_vars", "host_vars", "ansible.cfg")


class Vault(NamedTuple):
    """Where the passwords of vaults come from; Ansible's own settings count besides.

    Attributes:
        ids: ``LABEL@SOURCE`` texts.
        files: Files that hold one, or programs that print one.
        ask: Whether the user is asked.
    """

    ids: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    ask: bool = False


def read_inventory(
    sources: Sequence[str],
    limit: str = "",
    vault: Vault = Vault(),  # noqa: B008 - a constant
    deadline: float = INVENTORY_DEADLINE,
) -> list[Host]:
    """Return the hosts of an inventory, in its order.

    Args:
        sources: What ``ansible -i`` takes: files, folders, programs, ``HOST,``; none for ``ansible.cfg``'s own.
        limit: What ``ansible -l`` takes; ``""`` for all hosts.
        vault: Where the passwords of vaults come from.
        deadline: Seconds that it may take: an inventory may be a program.

    Raises:
        EndpointError: it was not read before the deadline.
        UsageError: it can't be read, others may write to it, or it holds no such host.
    """
    for source in sources:
        _expect_private(source)
    question = {
        "sources": list(sources),
        "limit": limit,
        "pattern": "",
        "vault_ids": vault.ids,
        "vault_password_files": vault.files,
        "ask_vault_password": vault.ask,
    }
    answer, complaint = _ask(question, deadline)
    if not isinstance(answer, dict) or "error" in answer:
        said = answer.get("error", "") if isinstance(answer, dict) else complaint
        theirs = "\n".join([said, *_causes(complaint)]) if isinstance(answer, dict) else said
        theirs = mask_text(clean(theirs))  # the lines around a mistake may hold a password
        if not theirs:
            raise UsageError(Message("inventory.unreadable_silent"))
        raise UsageError(Message("inventory.unreadable", words=theirs))
    for source in answer["sources"]:
        _expect_private(source)
    hosts = [_host(one) for one in answer["hosts"]]
    if complaint:
        print(words("inventory.ansible_warns", said=complaint), file=sys.stderr)
    for name, places in answer["twice"].items():
        told = words("inventory.twice", name=clean_line(name), places=clean_line(" + ".join(places)))
        print(f"rempart: {told}", file=sys.stderr)
    if not hosts:
        if not limit:
            raise UsageError(Message("inventory.empty"))
        raise UsageError(Message("inventory.no_match", limit=limit, hint=suggestion_of(limit, answer["known"])))
    return hosts


def _causes(complaint: str) -> list[str]:
    """Return Ansible's own words about what is wrong in a source: those that name file and line, else the first."""
    blocks = re.split(r"(?m)^\[(?:WARNING|ERROR)\]: ", complaint)
    causes = [block.rpartition("<<< caused by >>>")[2].strip()[:_MAX_WORDS] for block in blocks if "Origin: " in block]
    told = [cause for cause in causes if re.search(r"(?m)^Origin: /.*:\d+", cause)]
    return list(dict.fromkeys(told)) or causes[:1]


def _ask(question: dict[str, Any], deadline: float) -> tuple[Any, str]:
    """Return the child's answer and its complaints; it answers apart from what plugins may print.

    Raises:
        EndpointError: It did not answer before the deadline; it is ended, with what it had started.
    """
    inside, outside = os.pipe()
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "ANSIBLE_NOCOLOR": "1"}
    # Ansible only warns of a source that it can't read and goes on with half of the fleet: nobody would miss the rest.
    environment["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "1"
    if "utf-8" not in (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower().replace("utf8", "utf-8"):
        environment |= {"LC_ALL": "C.UTF-8"}  # Ansible works in no other encoding
    asks = bool(question["ask_vault_password"])
    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(
                [sys.executable, "-m", "rempart_controller.inventory.ansible_child", str(outside)],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=(outside,),
                env=environment,
                # A group of its own can be ended as a whole; who asks for a password needs the terminal's group.
                process_group=None if asks else 0,
            )
        finally:
            os.close(outside)
        with os.fdopen(inside, "rb") as answers:
            data = None
            try:
                data = _hear(child, json.dumps(question).encode(), answers.fileno(), deadline)
            finally:
                _end(child, alone=asks, done=data is not None)
        said.seek(0)
        complaint = said.read(_MAX_COMPLAINT).decode("utf-8", "replace").strip()
    if data is None:
        seconds, last = f"{deadline:.0f}", _last_words(complaint)
        if last:
            raise EndpointError(Message("inventory.deadline_said", seconds=seconds, said=last), "timeout")
        raise EndpointError(Message("inventory.deadline", seconds=seconds), "timeout")
    try:
        return json.loads(data), complaint
    except ValueError:
        return None, complaint.rpartition("\n")[2]  # of a traceback the error


def _hear(child: "subprocess.Popen[bytes]", question: bytes, answers: int, deadline: float) -> bytes | None:
    """Return all that the child answers; None where the deadline comes first."""
    until = time.monotonic() + deadline
    if child.stdin:
        try:
            with child.stdin as questions:
                questions.write(question)
        except BrokenPipeError:
            pass  # it ended at once, and has said why
    parts: list[bytes] = []
    while select.select([answers], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(answers, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None


def _end(child: "subprocess.Popen[bytes]", *, alone: bool, done: bool) -> None:
    """End the child and all that it has started; one that has answered ends by itself."""
    try:
        child.wait(_PATIENCE if done else 0)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.kill(child.pid, signal.SIGKILL) if alone else os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()


def _last_words(complaint: str) -> str:
    return clean_line(complaint.rpartition("\n")[2])[:200]


def _host(one: dict[str, Any]) -> Host:
    return Host(
        name=one["name"],
        groups=tuple(one["groups"]),
        connection=one["connection"],
        options=one["options"],
        become=Become(**one["become"]),
        variables=one["variables"],
        errors=one["errors"],
        directory=one["directory"],
    )


def _expect_private(source: str) -> None:
    """Refuse a source, or what Ansible reads beside it, that another user may write to.

    Raises:
        UsageError: somebody else may.
    """
    if "," in source:
        return  # a list of hosts
    if not os.path.exists(source):
        raise UsageError(Message("inventory.missing", source=source))
    for path in _parts(os.path.realpath(source)):
        try:
            status = os.stat(path)
        except FileNotFoundError:
            continue
        if status.st_uid not in {0, os.geteuid()}:
            raise UsageError(Message("inventory.other_owner", path=path))
        if status.st_mode & 0o022 and not _is_shared_with_nobody(status):
            raise UsageError(Message("inventory.open", path=path))


def _parts(source: str) -> Iterator[str]:
    """Yield what an inventory is made of, and the folder that it lies in."""
    tops = [source]
    if not os.path.isdir(source):
        folder = os.path.dirname(source)
        yield source
        yield folder
        tops = [os.path.join(folder, name) for name in _BESIDE]
    for top in tops:
        yield top
        for where, folders, files in os.walk(top):
            yield from (os.path.join(where, name) for name in (*folders, *files))


def _is_shared_with_nobody(status: os.stat_result) -> bool:
    """Tell whether those who may write are a group of one: some systems give each user a group of his own."""
    if status.st_mode & stat.S_IWOTH:
        return bool(stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX)  # as /tmp: what lies there counts
    import grp
    import pwd

    try:
        group, owner = grp.getgrgid(status.st_gid), pwd.getpwuid(status.st_uid)
    except KeyError:
        return False
    return group.gr_name == owner.pw_name and set(group.gr_mem) <= {owner.pw_name}
