"""Rights on files, against the kernel."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rempart_testing.models import Answer, Trial

from models.access import grammar, oracle
from rempart_agent.models import access, file_capability
from rempart_agent.models.access import Who
from rempart_agent.readers.files.file_access import Reader
from rempart_agent.source.contract import Loop, Missing
from rempart_agent.targets.root import RootTarget


def judge(base: Path, case: dict[str, Any]) -> Iterator[Answer]:
    """Ask both about each account and each path; the model through a target, so that it reads what the kernel keeps."""
    with oracle.made(base, case) as (root, paths):
        target = RootTarget("/")
        reader = Reader(target)
        ways = []
        for path in paths:
            try:
                ways.append(reader.way(str(root) + path))
            except (Missing, Loop):
                ways.append(None)
        real = [way.real if way and way.end else None for way in ways]
        for account in case["accounts"]:
            groups = account["groups"] or [71999]
            who = Who(account["uid"], frozenset(groups))
            said = oracle.as_account(account, lambda: oracle.ask_all(root, paths, real))
            for path, way, row in zip(paths, ways, said, strict=True):
                yield from _compare(path, way, row, who)
            if account["uid"]:
                moved = oracle.as_account(account, lambda: [oracle.renames(root, path) for path in paths[1:]])
                yield from _compare_renames(reader, root, paths[1:], moved, who)
    if case["program"]:
        yield _capability(base / "program", case["program"])


def _compare(path: str, way: Any, row: list[int], who: Who) -> Iterator[Answer]:
    end = way.end if way else None
    for at, (name, want) in enumerate((("read", 4), ("write", 2), ("enter", 1))):
        by_path = end is not None and access.searches(way.crossed, who) and access.allows(end, who, want)
        by_real = end is not None and access.searches(way.folders, who) and access.allows(end, who, want)
        yield Answer(name + " by path", int(by_path), row[at], f"{path} {who} {end}")
        yield Answer(name, int(by_real), row[at + 3], f"{path} {who} {end}")


def _compare_renames(reader: Reader, root: Path, paths: list[str], moved: list[int], who: Who) -> Iterator[Answer]:
    for path, found in zip(paths, moved, strict=True):
        above = reader.way(os.path.dirname(str(root) + path))
        status = os.lstat(str(root) + path)
        if above.end is None or stat.S_ISDIR(status.st_mode):  # a folder that moves needs rights on itself too
            continue
        node = access.Node(access.FILE, status.st_mode & 0o7777, status.st_uid, status.st_gid)
        says = access.searches(above.folders, who) and access.removes(node, above.end, who)
        yield Answer("replace", int(says), found, f"{path} {who}")


def _capability(program: Path, wanted: dict[str, Any]) -> Answer:
    revision, bits, more = wanted["revision"], wanted["permitted"], wanted["inheritable"]
    data = struct.pack(
        "<IIIII",
        revision << 24 | wanted["effective"],
        *(w for b in (0, 32) for w in (bits >> b & 0xFFFFFFFF, more >> b & 0xFFFFFFFF)),
    )
    if revision == 3:
        data += struct.pack("<I", wanted["root"])
    os.setxattr(program, oracle.CAPABILITY, data)
    try:
        kept = RootTarget("/").xattr(str(program), oracle.CAPABILITY)
        found = file_capability.parse(kept or b"")
        says = None if found is None else 0 if found.root else found.permitted
        gained = oracle.as_account({"uid": 70001, "groups": []}, lambda: oracle.gained(program))
    finally:
        os.removexattr(program, oracle.CAPABILITY)
    return Answer("capability", says, gained, str(found))


def constructs(case: dict[str, Any]) -> Iterator[str]:
    """Name what a case uses."""
    for node in case["nodes"]:
        yield node["kind"]
        if node["mode"] & 0o1000 and node["kind"] == "directory":
            yield "sticky"
        if "acl" in node:
            yield "acl"
            tags = {tag for tag, _, _ in node["acl"]}
            yield from (name for tag, name in ((2, "acl user"), (8, "acl group"), (16, "mask")) if tag in tags)
            if any(tag == 16 and not rights for tag, rights, _ in node["acl"]):
                yield "empty mask"
    if case["program"]:
        yield "capabilities"
        if case["program"]["revision"] == 3:
            yield "capabilities of a namespace"
    yield "root"


TRIAL = Trial("access", grammar.cases(), oracle.start, judge, constructs)
