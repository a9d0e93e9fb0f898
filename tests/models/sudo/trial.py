"""The model of sudo against sudo itself."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from rempart_testing.models import Answer, Trial

from models.sudo import focused, grammar, oracle
from rempart_agent.models.sudo import parser
from rempart_agent.models.sudo.command import Probe
from rempart_agent.models.sudo.match import ALLOW, Matcher, Request
from rempart_agent.models.sudo.world import Account, World


def machine(root: Path) -> World:
    """Return the oracle's root as the model sees it: its own files, and this machine's /usr."""

    def place(path: str) -> str:
        return (
            path
            if path.startswith(("/usr/", "/bin/", "/sbin/")) or path in ("/usr", "/bin", "/sbin")
            else str(root) + path
        )

    def identity(path: str) -> tuple[int, int] | None:
        try:
            found = os.stat(place(path))
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def resolve(path: str) -> str | None:
        real = os.path.realpath(place(path))
        if not os.path.exists(real):
            return None
        return real[len(str(root)) :] or "/" if real.startswith(str(root)) else real

    def names(path: str) -> list[str]:
        try:
            return sorted(os.listdir(place(path)))
        except OSError:
            return []

    groups: dict[str, int] = {}
    first: dict[int, str] = {}
    members: dict[str, set[int]] = {}
    for line in oracle.GROUP.split():
        name, _, gid, people = line.split(":")
        groups[name] = int(gid)
        first.setdefault(int(gid), name)
        for person in filter(None, people.split(",")):
            members.setdefault(person, set()).add(int(gid))
    accounts = {}
    for line in oracle.PASSWD.split():
        name, _, uid, gid = line.split(":")[:4]
        gids = frozenset({int(gid)} | members.get(name, set()))
        accounts[name] = Account(name, int(uid), int(gid), frozenset(first[g] for g in gids), gids)
    return World(
        accounts,
        groups,
        "box",
        "box.example.org",
        time.time(),
        900,
        identity,
        resolve,
        names,
        lambda _path, _who: False,
    )


_MATCHING = ("runas_default", "fast_glob", "case_insensitive_user", "case_insensitive_group", "match_group_by_gid")


def judge(real: oracle.Oracle, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask both whether the file is taken, who may do what, who is asked, and for how long."""
    said = real.worker.ask(case)
    files = dict(case["files"], **{"/etc/sudoers": oracle.FIRST + case["files"]["/etc/sudoers"]})
    world = machine(real.root)
    policy = parser.parse(
        "/etc/sudoers", files.get, lambda _: sorted(f for f in files if f.count("/") == 3), world.short
    )
    words = ("syntax error", "already defined", "expected a fully", "a digest requires", "unexpected",
             "invalid notbefore value", "invalid notafter value", "invalid timeout value",
             "timeout value too large", "values for ")  # fmt: skip
    refused = int(any(word in said["errors"] for word in words))
    yield Answer("refuses a line", int(bool(policy.errors)), refused, f"{policy.errors} {said['errors'][:500]}")
    if refused or policy.errors:
        return
    matcher = Matcher(policy, world)
    for at, ask in enumerate(case["asks"]):
        account = world.accounts[ask[0]]
        group = ask[1][1:] if ask[1].startswith(":") else ""
        usual = matcher.settings(account, Request(account))
        if not ask[1] and "runas_default" in usual.unsure:
            yield Answer("allowed", None, said["allowed"][at], str(ask))
            continue
        default = world.accounts.get(str(usual["runas_default"]))
        target = account if group else world.accounts[ask[1]] if ask[1] else default
        if target is None:
            continue
        request, probe = Request(target, group), Probe(ask[2], ask[3])
        possible = matcher.decide(account, request, probe)
        outcomes = {d.outcome == ALLOW for d in possible}
        allowed = int(outcomes.pop()) if len(outcomes) == 1 else None
        if any(d.scope == "!" and d.name in _MATCHING for d in policy.defaults):
            continue  # sudo -l does not apply the settings of a command to the match, as a run does
        yield Answer("allowed", allowed, said["allowed"][at], str(ask))
        settings = matcher.settings(account, request, probe)
        if allowed == 1 and said["allowed"][at] == 1 and target != account:
            from rempart_agent.models.sudo.grants import asks

            answers = {asks(account, d.spec, settings, world)[0] for d in possible if d.spec}
            yield Answer("asks", answers.pop() if len(answers) == 1 else None, said["asks"][at], str(ask))
        scoped = any(d.name == "timestamp_timeout" and d.scope in (">", "!") for d in policy.defaults)
        listed = re.findall(
            r"(?:^|[ ,])(!?)timestamp_timeout(?:=(\"[^\"]*\"|[^,\s]+))?", said["defaults"].get(ask[0], "")
        )
        good = [(no, value.strip('"')) for no, value in listed if no or re.fullmatch(r'"?-?[\d.]+"?', value)]
        seconds = 900.0 if not good else 0.0 if good[-1][0] else float(good[-1][1]) * 60
        if said["defaults"].get(ask[0], "").startswith("Matching Defaults"):
            yield Answer("lasts", None if "timestamp_timeout" in settings.unsure else settings["timestamp_timeout"],
                         None if scoped else seconds, said["defaults"].get(ask[0], ""))  # fmt: skip


def start() -> AbstractContextManager[oracle.Oracle]:
    """Make the oracle's root; a rule for everything has to say yes first, or all would be a vain agreement."""
    return oracle.checked()


TRIAL = Trial(
    name="sudo",
    cases=st.one_of(focused.cases(), focused.cases(), focused.cases(), grammar.cases()),
    start=start,
    judge=judge,
    constructs=grammar.constructs,
    programs=("sudo", "unshare"),
)
