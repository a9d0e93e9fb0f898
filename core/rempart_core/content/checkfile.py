"""The check file: reads ``checks/<area>/<id>-<slug>.yaml``.

All mistakes of all files are reported at once, each with file, line and column.
"""

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rempart_core.content import answer_file, scopefile
from rempart_core.content.datafile import DataFiles
from rempart_core.content.frameworkfile import list_frameworks
from rempart_core.content.parameterfile import read_parameters
from rempart_core.content.reader import Reader
from rempart_core.content.sentencefile import read_sentences
from rempart_core.content.stepsfile import read_steps
from rempart_core.content.yamlfile import Document, Node, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.check import (
    BLOCKS,
    DISRUPTIONS,
    LEVELS,
    ORGANISATION,
    ROLES,
    WHEN_EMPTY,
    Applies,
    Block,
    Check,
    Fallback,
    Remediation,
    Severity,
)
from rempart_core.model.parameter import Parameter
from rempart_core.model.sql_parameter import find_mistakes, find_names
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import NOTHING

FRAMEWORKS = (
    "gdpr",
    "iso-27001-2022",
    "pci-dss-4.0.1",
    "cis-8.1",
    "anssi-hygiene",
    "nis2",
    "nist-800-53r5",
)
"""The frameworks that come with Rempart; a directory of checks may bring others, in ``frameworks/<id>.yaml``."""
RESERVED = ("profiles", "frameworks", "data", "scenarios", answer_file.NAMES)
"""Folders beside the areas that hold no checks."""

ID = re.compile("[A-Z][A-Z0-9]{1,7}-[0-9]{2,4}")
_AREA = re.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = (
    "id",
    "revision",
    "title",
    "rationale",
    *scopefile.KEYS,
    "severity",
    "roles",
    "parameters",
    "sentences",
    "platforms",
    "remediation",
    "controls",
    "answers",
    "level",
    "replaced_by",
)
_REQUIRED = ("id", "revision", "title", "rationale", "severity", "roles", "platforms", "remediation")
_BLOCK_KEYS = ("applies", "probe", "privilege", "query", "when_empty", "empty_reason", "cross_check", "fallback")


class Found(NamedTuple):
    """A check file in a directory of checks.

    Attributes:
        file: Its path below the directory as that was given.
        area: The folder that it lies in.
        path: ``checks/<area>/<file>``.
    """

    file: str
    area: str
    path: str


def read_checks(directories: Sequence[str]) -> list[Check]:
    """Read every check of some directories, each laid out like ``checks/``, in the order of directories and names.

    Raises:
        ContentError: With all mistakes of all files.
    """
    mistakes: list[Mistake] = []
    checks: list[Check] = []
    places: dict[str, Mistake] = {}
    frameworks = tuple(dict.fromkeys((*FRAMEWORKS, *list_frameworks(directories))))
    data = DataFiles(directories)
    for directory in directories:
        for found in find_checks(directory, mistakes):
            check, place, own = _read(found, data, frameworks)
            mistakes += own
            if not check.id:
                continue
            if check.id in places:
                first = places[check.id]
                where = first.file if not first.line else f"{first.file}:{first.line}"
                taken = Message("checkfile.id_taken", id=check.id, where=where)
                mistakes.append(place._replace(message=taken))
            else:
                places[check.id] = place
            checks.append(check)
    ids = [check.id for check in checks]
    for check in checks:
        if check.replaced_by and check.replaced_by not in ids:
            hint = suggestion_of(check.replaced_by, ids)
            said = Message("content.no_check", id=quoted(check.replaced_by), hint=hint)
            labelled = Message("text.labelled", label="replaced_by", text=said)
            mistakes.append(places[check.id]._replace(message=labelled))
    mistakes += data.mistakes
    if not mistakes:  # a check that could not be read whole may be the one that takes a list
        mistakes = data.find_unused()
    if mistakes:
        raise ContentError(mistakes)
    return checks


def read_check(path: str, area: str, rel: str, data: DataFiles | None = None) -> Check:
    """Read one check file.

    Args:
        path: The file.
        area: The folder that it lies in, which names the check's area.
        rel: What stands as :attr:`Check.path`: ``checks/<area>/<file>``.
        data: The data files that it may name; None where there are none.

    Raises:
        ContentError: With all mistakes of the file and of the data files.
    """
    data = data or DataFiles([])
    check, _, mistakes = _read(Found(path, area, rel), data)
    mistakes += data.mistakes
    if mistakes:
        raise ContentError(mistakes)
    return check


def find_checks(directory: str, mistakes: list[Mistake]) -> list[Found]:
    """Return the check files of one directory by name; what lies in the wrong place is added to ``mistakes``.

    A file that would be passed over in silence is a check that nobody runs, so a stray YAML file is a mistake. Cases
    (``.test.yaml``), hidden files and files of other kinds are none.

    Args:
        directory: A folder of checks, one folder in it for each area.
        mistakes: Is added to.
    """
    found: list[Found] = []
    other = False
    for name, path in _list(directory, mistakes):
        if not os.path.isdir(path):
            if _is_yaml(name):
                stray = Message("checkfile.stray", directory=directory, name=name)
                mistakes.append(Mistake(path, 0, 0, stray))
            continue
        if name in RESERVED:
            other = True
            continue
        if not _AREA.fullmatch(name):
            mistakes.append(Mistake(path, 0, 0, Message("checkfile.area")))
            continue
        for file, below in _list(path, mistakes):
            if os.path.isdir(below):
                mistakes += [
                    Mistake(deep, 0, 0, Message("checkfile.too_deep", path=path))
                    for inner, deep in _list(below, mistakes)
                    if _is_yaml(inner)
                ]
            elif file.endswith(".yml"):
                mistakes.append(Mistake(below, 0, 0, Message("content.rename", name=file[:-4])))
            elif not file.endswith(".test.yaml") and file.endswith(".yaml"):
                found.append(Found(below, name, f"checks/{name}/{file}"))
    if not found and not other and not mistakes:
        mistakes.append(Mistake(directory, 0, 0, Message("checkfile.none")))
    return found


def _list(directory: str, mistakes: list[Mistake]) -> Iterator[tuple[str, str]]:
    try:
        names = sorted(os.listdir(directory))
    except (OSError, ValueError) as error:
        why = reason_of(error) if isinstance(error, OSError) else str(error)
        mistakes.append(Mistake(directory, 0, 0, Message("content.unreadable", error=why)))
        return
    for name in names:
        path = os.path.join(directory, name)
        if name.startswith("."):
            continue
        if not os.path.isdir(path) and _is_yaml(name) and not os.path.isfile(path):
            mistakes.append(Mistake(path, 0, 0, Message("content.not_regular")))
            continue
        yield name, path


def _is_yaml(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _read(
    found: Found, data: DataFiles, frameworks: Sequence[str] = FRAMEWORKS
) -> tuple[Check, Mistake, list[Mistake]]:
    """Return the check (not to be used if there are mistakes), the place of its id, and the mistakes."""
    document = read(found.file)
    reader = Reader(document)
    fields = reader.fields(document.root, _KEYS, _REQUIRED)
    id_ = _read_id(reader, fields.get("id"), os.path.basename(found.file))
    parameters = read_parameters(reader, fields.get("parameters"), data)
    used: set[str] = set()
    platforms = _read_platforms(reader, fields.get("platforms"), parameters, used)
    _expect_used(reader, fields.get("parameters"), used)
    scope = scopefile.read_scope(reader, fields)
    check = Check(
        id=id_,
        revision=reader.integer(fields.get("revision"), "revision", least=1),
        title=reader.translation(fields.get("title"), "title", reader.line),
        rationale=reader.translation(fields.get("rationale"), "rationale"),
        severity=Severity(
            reader.choice(fields.get("severity"), "severity", [s.value for s in Severity], Severity.CRITICAL.value)
        ),
        roles=reader.choices(fields.get("roles"), "roles", ROLES, least=1),
        platforms=platforms,
        remediation=_read_remediation(reader, fields.get("remediation"), platforms),
        controls=_read_controls(reader, fields.get("controls"), frameworks),
        parameters=parameters,
        replaced_by=_read_successor(reader, fields.get("replaced_by"), id_),
        area=found.area,
        path=found.path,
        digest=_digest(document),
        not_examined=scope.not_examined,
        complete=scope.complete,
        sentences=read_sentences(reader, fields.get("sentences"), parameters),
        level=reader.choice(fields.get("level"), "level", LEVELS, LEVELS[0]),
    )
    answer_file.read_answers(reader, fields.get("answers"), parameters)  # held here, kept where they are asked for
    _expect_alone(reader, fields.get("platforms"), check)
    at = fields.get("id", document.root)
    return check, Mistake(found.file, at.line, at.column, Message("text.nothing")), reader.mistakes


def _digest(document: Document) -> str:
    from hashlib import sha256

    return sha256(document.data).hexdigest()


def _read_id(reader: Reader, node: Node | None, file: str) -> str:
    id_ = reader.line(node, "id")
    if not id_ or node is None:
        return ""
    if not ID.fullmatch(id_):
        reader.report(node, Message("checkfile.no_id", id=quoted(id_)), what="id")
        return ""
    slug = file.removesuffix(".yaml").removeprefix(f"{id_.lower()}-")
    if not file.startswith(f"{id_.lower()}-") or not _SLUG.fullmatch(slug):
        said = Message("checkfile.file_name", id=id_, prefix=id_.lower(), file=quoted(file))
        reader.report(node, said, what="id")
    return id_


def _read_successor(reader: Reader, node: Node | None, own: str) -> str:
    successor = reader.line(node, "replaced_by")
    if successor and node is not None and (successor == own or not ID.fullmatch(successor)):
        reader.report(node, Message("checkfile.successor", found=quoted(successor)), what="replaced_by")
        return ""
    return successor


def _read_platforms(
    reader: Reader, node: Node | None, parameters: dict[str, Parameter], used: set[str]
) -> dict[str, Block]:
    fields = reader.fields(node, BLOCKS, what="platforms")
    if node is not None and not fields:
        reader.report(node, Message("checkfile.no_block", platforms=", ".join(BLOCKS)), what="platforms")
    blocks: dict[str, Block] = {}
    for platform, block in fields.items():
        keys = reader.fields(block, _BLOCK_KEYS, ("query",), platform)

        def sql(node: Node | None, what: str, platform: str = platform) -> str:
            return _read_statement(reader, node, f"{platform}.{what}", parameters, used)

        both = ("query", "otherwise")
        applies = reader.fields(keys.get("applies"), both, both, f"{platform}.applies")
        both = ("query", "sees")
        fallback = reader.fields(keys.get("fallback"), both, both, f"{platform}.fallback")
        otherwise = reader.translation(applies.get("otherwise"), f"{platform}.applies.otherwise")
        blocks[platform] = Block(
            query=sql(keys.get("query"), "query"),
            applies=Applies(sql(applies.get("query"), "applies.query"), otherwise) if applies else None,
            probe=sql(keys.get("probe"), "probe"),
            privilege=_read_privilege(reader, keys.get("privilege"), platform),
            when_empty=reader.choice(keys.get("when_empty"), f"{platform}.when_empty", WHEN_EMPTY, "error"),
            cross_check=sql(keys.get("cross_check"), "cross_check"),
            fallback=Fallback(
                sql(fallback.get("query"), "fallback.query"),
                reader.choice(fallback.get("sees"), f"{platform}.fallback.sees", ("part", "all"), "part"),
            )
            if fallback
            else None,
            empty_reason=reader.translation(keys["empty_reason"], f"{platform}.empty_reason")
            if "empty_reason" in keys
            else None,
        )
    return blocks


def _read_privilege(reader: Reader, node: Node | None, platform: str) -> str:
    """Read what the sources need to be read; whoever keeps registers may read them."""
    usual = "user" if platform == ORGANISATION else "root"
    return reader.choice(
        node, f"{platform}.privilege", ("user",) if platform == ORGANISATION else ("root", "user"), usual
    )


def _expect_alone(reader: Reader, node: Node | None, check: Check) -> None:
    """Refuse a check that asks an organisation and machines: each is another target, and has other rules."""
    asked = ORGANISATION in check.platforms or check.area == ORGANISATION
    if node is not None and (asked or ORGANISATION in check.roles):
        alone = set(check.platforms) == {ORGANISATION} and check.roles == (ORGANISATION,)
        if not alone:
            reader.report(node, Message("checkfile.organisation_alone"), what="platforms")


def _read_statement(
    reader: Reader, node: Node | None, what: str, parameters: dict[str, Parameter], used: set[str]
) -> str:
    sql = reader.text(node, what)
    if node is None or not sql:
        return ""
    wrong = find_mistakes(sql)
    for offset, message in wrong:
        reader.report(node, message, offset, what=what)
    for name, offset in find_names(sql).items():
        used.add(name)
        if name not in parameters and not any(at == offset for at, _ in wrong):
            undeclared = Message("parameter.undeclared", name=name, hint=suggestion_of(name, parameters))
            reader.report(node, undeclared, offset, what=what)
    return sql


def _expect_used(reader: Reader, node: Node | None, used: set[str]) -> None:
    for key, _ in reader.entries(node, "parameters") if node is not None else ():
        if key.text not in used:
            reader.report(key, Message("checkfile.unused", name=key.text), what="parameters")


def _read_remediation(reader: Reader, node: Node | None, platforms: dict[str, Block]) -> Remediation:
    fields = reader.fields(node, ("role", "disruption", "manual", "steps"), ("disruption",), "remediation")
    disruption = reader.choice(fields.get("disruption"), "remediation.disruption", DISRUPTIONS, "manual")
    role = reader.line(fields.get("role"), "remediation.role")
    if role and not re.fullmatch("[a-z][a-z0-9_]*", role):
        reader.report(fields["role"], Message("checkfile.role_name", name=quoted(role)), what="remediation.role")
    if disruption != "manual" and "role" not in fields and node is not None:
        reader.report(node, Message("checkfile.no_role", disruption=disruption), what="remediation")
    if node is not None and len({"manual", "steps"} & fields.keys()) != 1:
        reader.report(node, Message("checkfile.steps_or_manual"), what="remediation")
    manual = reader.translation(fields["manual"], "remediation.manual") if "manual" in fields else NOTHING
    return Remediation(role, disruption, manual, read_steps(reader, fields.get("steps"), platforms))


def _read_controls(reader: Reader, node: Node | None, frameworks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    controls: dict[str, tuple[str, ...]] = {}
    for framework, requirements in reader.fields(node, frameworks, what="controls").items():
        what = f"controls.{framework}"
        controls[framework] = reader.texts(requirements, what, least=1)
        for item in reader.items(requirements, what) if controls[framework] else ():
            text = getattr(item, "text", "")
            if "?" in text:
                reader.report(item, Message("checkfile.not_settled", text=quoted(text)), what=what)
    return controls
