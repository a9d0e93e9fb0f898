"""The model of sshd against the installed sshd."""

from __future__ import annotations

import fnmatch
import grp
import os
import pwd
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from rempart_testing.models import Answer, Trial, found

from models.sshd import grammar, oracle
from rempart_agent.models.sshd import command
from rempart_agent.models.sshd.configuration import Build, Configuration
from rempart_agent.models.sshd.criteria import Connection
from rempart_agent.models.sshd.item import Options
from rempart_agent.models.sshd.scalar import Refused

MAIN = "/etc/ssh/sshd_config"


@lru_cache
def build() -> Build:
    release, version = oracle.release()
    return Build(version, True, release)


def lines(options: Options) -> list[str]:
    """Return options as ``sshd -T`` prints them, sorted."""
    return sorted(f"{option} {s.value}".rstrip() for option, settings in options.items() for s in settings)


def connection(case: dict[str, Any]) -> Connection:
    user = case["user"]
    try:
        account = pwd.getpwnam(user)
        groups = tuple(grp.getgrgid(g).gr_name for g in os.getgrouplist(user, account.pw_gid))
    except KeyError:
        groups = (grp.getgrgid(1).gr_name, oracle.TEAM) if user == oracle.MEMBER else ()
    return Connection(user, groups, case["host"], case["address"], case["own_address"], case["own_port"])


def evaluated(case: dict[str, Any]) -> tuple[Options, Options]:
    """Return what the model makes of a case: for every connection, and for the case's own."""
    files: dict[str, str] = case["files"]

    def find(pattern: str) -> Iterator[tuple[str, str]]:
        for path in sorted(files):
            if path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern):
                yield path, files[path]

    asked = command.parse(case["command"])
    configuration = Configuration(build(), find)
    configuration.command([("hostkey", oracle.KEY), *asked.options])
    configuration.read(MAIN, files[MAIN])
    return configuration.options(), configuration.options(connection(case))


def judge(sshd: oracle.Oracle, case: dict[str, Any]) -> Iterator[Answer]:
    files = case["files"]
    arguments = ["-h", oracle.KEY, *case["command"]]
    # a connection that nothing is known of; without a port "Match LocalPort" would end sshd -T
    status, printed, errors = sshd.ask(files, [*arguments, "-C", "lport=1"])
    try:
        options, own = evaluated(case)
    except Refused as refused:
        yield Answer("starts", 0 if refused.sure else None, int(status == 0), f"{refused} / {errors}")
        return
    yield Answer("starts", 1, int(status == 0), errors)
    if status != 0:
        return
    yield _compared("options", options, printed)
    wanted = ",".join(
        f"{key}={value}"
        for key, value in (
            ("user", case["user"]),
            ("host", case["host"]),
            ("addr", case["address"]),
            ("laddr", case["own_address"]),
            ("lport", case["own_port"]),
        )
    )
    status, printed, errors = sshd.ask(files, [*arguments, "-C", wanted])
    if status == 0:
        yield _compared("of a connection", own, printed)
    else:
        # where sshd itself crashes (10.0 does, on a Subsystem in a nested Match block) there is no answer
        yield Answer("of a connection", 1, 0 if status > 0 else None, errors)


def _compared(question: str, options: Options, printed: list[str]) -> Answer:
    ours = lines(options)
    theirs = sorted(p.replace("without-password", "prohibit-password").rstrip() for p in printed)
    theirs = [p for p in theirs if not p.startswith("rdomain ")]
    detail = f"only ours {sorted(set(ours) - set(theirs))}, only sshd's {sorted(set(theirs) - set(ours))}"
    return Answer(question, 1, int(ours == theirs), detail)


MATCHES = [f"match {what}" for what in ("user", "group", "host", "address", "local", "all", "version")]
SIGNS = {"include": "include", "negation": "!", "quotes": '"', "+ list": " +", "^ list": " ^"}


def constructs(case: dict[str, Any]) -> Iterator[str]:
    text = "\n".join(case["files"].values()).lower()
    yield from found(text, MATCHES)
    yield from found(text, SIGNS)
    if case["command"]:
        yield "command line"


TRIAL = Trial(
    name="sshd",
    cases=grammar.cases(),
    start=oracle.start,
    judge=judge,
    constructs=constructs,
    programs=("sshd", "ssh-keygen", "unshare"),
)
