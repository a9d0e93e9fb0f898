"""The model of start-up files against bash, dash and zsh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rempart_testing.models import Answer, Trial
from rempart_testing.worker import Worker

from models.shell import grammar, oracle
from rempart_agent.models.shell.execute import World
from rempart_agent.models.shell.logins import Login, settled


def world(case: dict[str, Any]) -> World:
    """Return the case's files, and this machine's none."""
    files = {"/etc/flag": "", "/etc/passwd": "", **case["files"]}
    folders = {"/", "/etc", "/etc/zsh", "/etc/profile.d", "/home", "/home/alice", "/root"}

    def kind(path: str) -> str | None:
        path = path.rstrip("/") or "/"
        return "file" if path in files else "directory" if path in folders else None

    def names(folder: str) -> list[str]:
        start = folder.rstrip("/") + "/"
        found = {path[len(start) :].partition("/")[0] for path in (*files, *folders) if path.startswith(start)}
        return sorted(found - {""})

    return World(files.get, kind, names, lambda path: path in files)


def judge(real: Worker, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask both what is set at the prompt."""
    said = real.ask(case)
    uid, home = oracle.ACCOUNTS[case["account"]]
    login = Login(case["account"], uid, home, "/bin/" + case["shell"], case["shell"])
    tmout, umask = settled(login, world(case))
    detail = f"{tmout} {umask} {said}"
    ended = "fixed" not in said
    yield Answer("TMOUT", tmout.value, None if ended else said["tmout"], detail)
    yield Answer("fixed", tmout.fixed, None if ended else int(said["fixed"]), detail)
    mask = None if umask.value is None else int(umask.value, 8) if umask.value else oracle.MASK
    yield Answer("umask", mask, None if ended else int(said["umask"], 8), detail)


TRIAL = Trial(
    name="shell",
    cases=grammar.cases(),
    start=oracle.start,
    judge=judge,
    constructs=grammar.constructs,
    programs=("bash", "dash", "zsh", "unshare"),
    full=1000,
)
