"""The model of kernel settings against systemd-sysctl and the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rempart_testing.models import Answer, Trial, found

from models.sysctl import grammar, oracle
from rempart_agent.models.sysctl import boot, files, kernel


def wanted(case: dict[str, Any]) -> tuple[list[files.Setting], list[files.Setting]]:
    """Return what systemd-sysctl and ufw write."""
    found = case["files"]
    folders = [(f, [p.rpartition("/")[2] for p in found if p.startswith(f + "/")]) for f in files.FOLDERS]
    settings = [s for path in files.order(folders) for s in files.parse(found[path] or "", path)]
    return files.together(settings), files.parse(case["ufw"] or "", oracle.UFW)


def judge(programs: oracle.Oracle, case: dict[str, Any]) -> Iterator[Answer]:
    before, now = programs.ask(case)
    settings, firewall = wanted(case)
    machine = boot.Machine({key: text for key, text in before.items() if kernel.kind(key)})
    machine.apply(settings)
    machine.apply(firewall, skips_same=False)
    machine.appear("eth1")
    machine.apply(settings, boot.prefixes("eth1"))
    ours = {key: value.text for key, value in machine.values.items()}
    wrong = {key: (text, now.get(key)) for key, text in ours.items() if now.get(key) != text}
    wrong = {k: v for k, v in wrong.items() if "peer1" not in k}
    yield Answer("all values", 1, int(not wrong), str(wrong))
    changed = int(any(now.get(key) != text for key, text in before.items() if kernel.kind(key)))
    yield Answer("anything changed", int(any(ours[key] != before[key] for key in before if key in ours)), changed)
    for key in ("net/ipv4/ip_forward", "net/ipv4/conf/eth0/accept_redirects", "net/ipv4/tcp_syncookies"):
        yield Answer(key, int(ours[key] == "1"), int(now[key] == "1"))


SIGNS = {"pattern": "*", "hexadecimal": "0x", "comment": "#", "taken back": "\n-", "slashes": "net/"}


def constructs(case: dict[str, Any]) -> Iterator[str]:
    text = "\n".join(t for t in case["files"].values() if t)
    yield from found(text, SIGNS)
    names = [path.rpartition("/")[2] for path in case["files"]]
    if len(set(names)) < len(names):
        yield "hidden by name"
    if None in case["files"].values():
        yield "/dev/null"
    yield from found(text, ("default", "all", "eth0", "tcp_rmem", "ip_forward"))
    if case["ufw"]:
        yield "ufw"


TRIAL = Trial(
    name="sysctl",
    cases=grammar.cases(),
    start=oracle.start,
    judge=judge,
    constructs=constructs,
    programs=("ip", "unshare", "sysctl"),
    full=1_000,
)
