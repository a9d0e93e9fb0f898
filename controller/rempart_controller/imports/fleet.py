"""Imports the policies of a folder as checks of the user's own, in the area ``fleet``.

Ids count up in the order of files. A check that was imported before keeps its file and its id: it is known by its
title, and nothing in it is overwritten, since somebody may have translated it. What would not pass ``checks lint`` or
its own cases is not written.
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing
from typing import NamedTuple

from rempart_agent.quality.lint import file_of, lint, run_cases
from rempart_controller.imports.example_rows import Sampler
from rempart_controller.imports.fleet_check import AREA, PREFIX, Block, convert, slug_of, write_cases, write_check
from rempart_controller.imports.fleet_files import LeftOut, Policy, find_policies
from rempart_core.content.casefile import locate_cases
from rempart_core.content.checkfile import read_checks
from rempart_core.error import ContentError, UsageError
from rempart_core.messages.message import Message, listed
from rempart_core.messages.system import reason_of
from rempart_core.model.check import PLATFORMS, Check

_MOST = 9999  # what an id has room for


class Imported(NamedTuple):
    """What came of an import.

    Attributes:
        written: The files of new checks, in order.
        kept: How many policies were imported before and are the same.
        left_out: What was not imported, in the order of files and lines.
    """

    written: list[str]
    kept: int
    left_out: list[LeftOut]


class _Draft(NamedTuple):
    policy: Policy
    blocks: dict[str, Block]
    file: str
    texts: dict[str, str]


def import_policies(directory: str, out: str) -> Imported:
    """Import the policies below a folder.

    Args:
        directory: A folder of Fleet's YAML files.
        out: The folder of checks that is written to; made where it is missing.

    Raises:
        UsageError: The folder can't be read, holds no policy, or ``out`` can't be written.
        ContentError: The checks of ``out`` hold mistakes.
    """
    found = find_policies(directory)
    if not found.policies and not found.left_out:
        raise UsageError(Message("fleet_import.none", folder=directory))
    known = _read_known(out)
    policies, left_out = _drop_same_names(found.policies)
    left_out += found.left_out
    drafts: list[_Draft] = []
    kept = 0
    number = _last_number(known.values())
    with ExitStack() as stack:
        samplers = {platform: stack.enter_context(closing(Sampler(platform))) for platform in PLATFORMS}
        for policy in policies:
            blocks, refused = convert(policy, samplers)
            left_out += [_refuse(policy, platform, why, blocks) for platform, why in _once(refused)]
            before = known.get(policy.name)
            if before is not None:
                same = {name: block.query.strip() for name, block in before.platforms.items()} == {
                    name: block.query.strip() for name, block in blocks.items()
                }
                kept += same
                left_out += [] if same else [_refuse(policy, "", Message("fleet_import.changed", id=before.id), blocks)]
            elif blocks and number < _MOST:
                number += 1
                drafts.append(_draft(policy, blocks, f"{PREFIX}-{number:04}"))
            elif blocks:
                left_out.append(_refuse(policy, "", Message("fleet_import.too_many", most=str(_MOST)), blocks))
    sound, unsound = _prove(drafts)
    written = _write(out, sound)
    return Imported(written, kept, sorted({*left_out, *unsound}, key=lambda one: (one.file, one.line, one.name)))


def _read_known(out: str) -> dict[str, Check]:
    """Return the checks that were imported before, by the name of their policy."""
    if not os.path.isdir(os.path.join(out, AREA)):
        return {}
    return {check.title.en: check for check in read_checks([out]) if check.area == AREA}


def _last_number(checks: Iterable[Check]) -> int:
    numbers = [int(check.id.partition("-")[2]) for check in checks if check.id.startswith(f"{PREFIX}-")]
    return max(numbers, default=0)


def _drop_same_names(policies: list[Policy]) -> tuple[list[Policy], list[LeftOut]]:
    """Keep one policy of a name: several teams may have it, and one check asks all machines."""
    first: dict[str, Policy] = {}
    left_out = []
    for policy in policies:
        one = first.setdefault(policy.name, policy)
        if (one.query.strip(), one.platforms) != (policy.query.strip(), policy.platforms):
            place = f"{one.file}:{one.line}"
            left_out.append(LeftOut(policy.file, policy.line, policy.name, Message("fleet_import.name", place=place)))
    return list(first.values()), left_out


def _once(refused: Mapping[str, Message]) -> list[tuple[str, Message]]:
    """Return reasons by platform; one that holds for all of them once, without a platform."""
    if len(refused) > 1 and len(set(refused.values())) == 1:
        return [("", next(iter(refused.values())))]
    return list(refused.items())


def _refuse(policy: Policy, platform: str, why: Message, blocks: Mapping[str, Block]) -> LeftOut:
    told = Message("fleet_import.on", platform=platform, why=why) if platform and (blocks or policy.platforms) else why
    return LeftOut(policy.file, policy.line, policy.name, told)


def _draft(policy: Policy, blocks: dict[str, Block], id_: str) -> _Draft:
    stem = f"{AREA}/{id_.lower()}-{slug_of(policy.name)}"
    texts = {f"{stem}.yaml": write_check(policy, id_, blocks), f"{stem}.test.yaml": write_cases(blocks)}
    return _Draft(policy, blocks, f"{stem}.yaml", texts)


def _prove(drafts: list[_Draft]) -> tuple[list[_Draft], list[LeftOut]]:
    """Return the drafts that pass lint and their own cases, and why the others do not."""
    left_out: list[LeftOut] = []
    while drafts:
        with tempfile.TemporaryDirectory(prefix="rempart-import-") as folder:
            for draft in drafts:
                _put(folder, draft)
            mistakes = _find_mistakes(folder)
        wrong = {draft.file: draft for draft in drafts if draft.file in mistakes}
        if not wrong:
            break
        for file, draft in wrong.items():
            left_out.append(_refuse(draft.policy, "", listed(mistakes[file][:3]), draft.blocks))
        drafts = [draft for draft in drafts if draft.file not in wrong]
    return drafts, left_out


def _find_mistakes(folder: str) -> dict[str, list[Message]]:
    """Return what is wrong with the checks of a folder, by the check's file below it."""
    found: dict[str, list[Message]] = defaultdict(list)
    try:
        checks = read_checks([folder])
        mistakes = lint(checks, [folder])
    except ContentError as error:
        checks, mistakes = [], error.mistakes
    for mistake in mistakes:
        file = os.path.relpath(mistake.file, folder).replace(os.sep, "/").replace(".test.yaml", ".yaml")
        found[file].append(mistake.message)
    for check in checks if not mistakes else ():
        path = file_of(check, [folder])
        for _, wrong in run_cases(check, locate_cases(path)):
            if wrong is not None:
                found[os.path.relpath(path, folder).replace(os.sep, "/")].append(wrong)
    return found


def _put(folder: str, draft: _Draft) -> list[str]:
    paths = []
    for file, text in draft.texts.items():
        path = os.path.join(folder, *file.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        paths.append(path)
    return paths


def _write(out: str, drafts: list[_Draft]) -> list[str]:
    try:
        return [_put(out, draft)[0] for draft in drafts]
    except OSError as error:
        raise UsageError(Message("file.failed", path=error.filename or out, error=reason_of(error))) from error
