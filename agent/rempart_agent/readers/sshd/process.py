"""The SSH servers that run: their command lines, their units, and when they took their files.

A server shows its arguments in its title (``sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups``), where blanks
within an argument are lost: since sshd takes no argument without a letter, what follows an option up to the next is
its value.
"""

import re
from typing import TYPE_CHECKING, Iterator, List, Optional

from rempart_agent.readers.files import proc
from rempart_agent.said import Why
from rempart_agent.source.contract import Denied, Missing, SourceError
from rempart_agent.source.target import Target

if TYPE_CHECKING:
    from rempart_agent.readers.sshd.found import Found

_GONE = " (deleted)"
_UNIT = re.compile(r"/([^/]+\.service)(?:/|$)")


def running(target: Target) -> "Iterator[Found]":
    """Yield the servers that run in the namespaces of this run; those of containers are machines of their own."""
    from rempart_agent.readers.sshd.found import OTHERS, Found

    spaces = {kind: proc.namespace(target, "self", kind) for kind in ("pid", "mnt")}
    for pid in proc.pids(target):
        folder = "/proc/" + pid
        try:
            program = target.readlink(folder + "/exe")
        except Missing:
            continue
        except Denied:
            if _text(target, folder + "/comm").strip() in ("sshd", *OTHERS):
                raise
            continue
        program = program[: -len(_GONE)] if program.endswith(_GONE) else program
        base = program.rpartition("/")[2]
        if base != "sshd" and base not in OTHERS:
            continue
        own = {kind: proc.namespace(target, pid, kind) for kind in spaces}
        if own["pid"] and spaces["pid"] and own["pid"] != spaces["pid"]:
            continue
        unit = _unit(_text(target, folder + "/cgroup"))
        user = _user(target, folder)
        if base in OTHERS:
            yield Found(
                unit or program, unit, program, None, "/", pid, Why("{base} reads no sshd_config", base=base), user
            )
            continue
        words = arguments(_text(target, folder + "/cmdline"))
        if words is None or not _serves(words):
            continue
        why = ""
        if (not own["mnt"] or own["mnt"] != spaces["mnt"]) and not _same_files(target, folder, words):
            why = Why("it runs in a mount namespace of its own, with other files")
        name = re.sub(r"[\x00-\x1f\x7f]", "?", " ".join([program, *words]))  # anybody may start one
        yield Found(name, unit, program, words, _link(target, folder + "/cwd"), pid, why, user)


def _user(target: Target, folder: str) -> str:
    try:
        uid = target.stat(folder).st_uid
    except SourceError:
        return ""
    return str(uid) if uid else ""


def _serves(words: List[str]) -> bool:
    from rempart_agent.models.sshd import command
    from rempart_agent.models.sshd.scalar import Refused

    try:
        return command.parse(words).serves
    except Refused:
        return True


def _text(target: Target, path: str) -> str:
    try:
        return target.text(path)
    except Missing:
        return ""


def _link(target: Target, path: str) -> str:
    try:
        return target.readlink(path)
    except SourceError:
        return "/"


def _unit(cgroup: str) -> str:
    found = _UNIT.findall(cgroup)
    return str(found[-1]) if found else ""


def _same_files(target: Target, folder: str, words: List[str]) -> bool:
    """Tell whether a process sees the configuration that this run sees."""
    from rempart_agent.models.sshd import command
    from rempart_agent.models.sshd.scalar import Refused

    try:
        config = command.parse(words).config
        ours, theirs = target.stat(config), target.stat(folder + "/root" + config)
        mounts = [line.split(" ")[4] for line in target.text(folder + "/mountinfo").split("\n") if line.count(" ") > 5]
    except (SourceError, ValueError, Refused):
        return False
    return (ours.st_dev, ours.st_ino) == (theirs.st_dev, theirs.st_ino) and not any(
        m.startswith("/etc/ssh") for m in mounts
    )


def arguments(title: str) -> Optional[List[str]]:
    """Return the arguments of a listening server; None for a process that serves one connection."""
    if not title.startswith("sshd: "):
        words = title.rstrip("\0").split("\0")
        return words[1:] if "-R" not in words else None
    found = re.match(r"sshd: (.*) \[listener\]", title.rstrip("\0").split("\0")[0])
    if not found:
        return None
    out: List[str] = []
    for word in found.group(1).split(" ")[1:]:
        if (
            word.startswith("-")
            or not out
            or len(out[-1]) == 2
            or (out[-1].startswith("-") and not _takes_more(out[-1]))
        ):
            out.append(word)
        else:
            out[-1] += " " + word
    return out


def _takes_more(word: str) -> bool:
    return len(word) > 2 and word[1] in "oEfghcC"
