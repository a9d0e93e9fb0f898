"""The scenario file: reads ``scenarios/<id>-<slug>.yaml`` of directories of checks, by id.

All mistakes of all files are reported at once, each with file, line and column.
"""

import os
import re
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from rempart_core.content.folder import find_all_named
from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.risk.numbers import GRAVITIES
from rempart_core.risk.scenario import Scenario
from rempart_core.suggestion import quoted, suggestion_of

FOLDER = "scenarios"
_KEYS = ("id", "title", "threat", "consequence", "iso27005", "ebios_rm", "checks", "controls", "gravity")
_REQUIRED = ("id", "title", "threat", "consequence", "iso27005", "ebios_rm", "checks", "gravity")
_NAME = "s[0-9]{1,3}-[a-z0-9]+(-[a-z0-9]+)*"
_ID = re.compile("S[0-9]{1,3}")
_ADVICE = Message("riskfile.scenario_name")


def read_scenarios(
    directories: Sequence[str], checks: Collection[str], controls: Collection[str]
) -> dict[str, Scenario]:
    """Read every scenario of some directories, in the order of their ids as people count.

    Args:
        directories: Each laid out like ``checks/``.
        checks: Ids of all checks that there are; a glob that matches none is a mistake.
        controls: Ids of all organisational controls that there are.

    Raises:
        ContentError: With all mistakes of all files.
    """
    mistakes: list[Mistake] = []
    found: dict[str, Scenario] = {}
    for name, file in find_all_named(directories, FOLDER, _NAME, _ADVICE, mistakes).items():
        document = read(file)
        reader = Reader(document)
        scenario = _read(reader, document.root, checks, controls)
        stem = name.partition("-")[0].upper()
        if scenario.id in found:
            mistakes.append(
                Mistake(file, 0, 0, Message("content.name_taken", name=scenario.id, file=os.path.dirname(file)))
            )
        elif scenario.id and scenario.id != stem:
            mistakes.append(Mistake(file, 0, 0, Message("riskfile.other_id", id=scenario.id, name=stem)))
        found[scenario.id] = scenario
        mistakes += reader.mistakes
    if mistakes:
        raise ContentError(mistakes)
    return dict(sorted(found.items(), key=lambda one: int(one[0][1:])))


def _read(reader: Reader, root: Node, checks: Collection[str], controls: Collection[str]) -> Scenario:
    fields = reader.fields(root, _KEYS, _REQUIRED)
    id_ = reader.line(fields.get("id"), "id")
    node = fields.get("id")
    if node is not None and id_ and not _ID.fullmatch(id_):
        reader.report(node, Message("riskfile.scenario_id", text=quoted(id_)), what="id")
    globs = _read_known(reader, fields.get("checks"), "checks", checks)
    named = _read_known(reader, fields.get("controls"), "controls", controls)
    return Scenario(
        id_,
        reader.translation(fields.get("title"), "title", reader.line),
        reader.translation(fields.get("threat"), "threat"),
        reader.translation(fields.get("consequence"), "consequence"),
        reader.translation(fields.get("iso27005"), "iso27005"),
        reader.translation(fields.get("ebios_rm"), "ebios_rm"),
        globs,
        named,
        reader.choice(fields.get("gravity"), "gravity", GRAVITIES, GRAVITIES[-1]),
    )


def _read_known(reader: Reader, node: Node | None, what: str, known: Collection[str]) -> tuple[str, ...]:
    """Return a list of globs of checks, or of ids of controls; each has to match something."""
    of_checks = what == "checks"
    found = reader.texts(node, what, least=int(of_checks))
    for item, name in zip(reader.items(node, what) if found else (), found, strict=False):
        if not name or any(fnmatchcase(one, name) for one in known):
            continue
        hint = suggestion_of(name, known)
        if of_checks:
            reader.report(item, Message("content.no_match", glob=quoted(name), hint=hint), what=what)
        else:
            reader.report(item, Message("content.no_control", id=quoted(name), hint=hint), what=what)
    return found
