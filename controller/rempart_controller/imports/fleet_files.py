"""Finds policies in a folder of Fleet's YAML files.

Two shapes are in use. ``fleetctl apply`` takes documents ``{apiVersion: v1, kind: policy, spec: …}``, many to a file.
GitOps takes a file for each team with a list ``policies:``, whose items are policies or name further files
(``path:`` one file, ``paths:`` a pattern with ``*``, ``?``, ``[…]`` and ``**``), which hold a list of policies and name
no further ones. Such a list that no team names is taken where its place says what it holds: in a folder ``policies``,
or in a file ``*.policies.yml``.

The files are not trusted: no path leads out of the folder, no alias is followed more than once, and what can't be read
is left out with the reason.
"""

import glob
import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from rempart_core.content.foreignyaml import ForeignNode, ForeignYamlError, parse_foreign
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.suggestion import quoted
from rempart_core.text import clean, clean_line

_SIZE_LIMIT = 8 << 20
_NAME_LIMIT = 200
_VARIABLE = re.compile(r"(?<!\\)\$\{?([A-Za-z_][A-Za-z0-9_]*)")


class Policy(NamedTuple):
    """One policy: a question in SQL that is answered yes where its statement gives a row.

    Attributes:
        name: Unique within a team, in English.
        query: The statement.
        description: What it is about; ``""`` where nothing is said.
        resolution: How it is fixed; ``""`` where nothing is said.
        platforms: Those that it names, as ``darwin``; empty where it names none, which means all.
        critical: Whether it is marked as of high impact.
        file: Its file, below the folder that is imported.
        line: The line that it begins on, from 1.
    """

    name: str
    query: str
    description: str
    resolution: str
    platforms: tuple[str, ...]
    critical: bool
    file: str
    line: int


class LeftOut(NamedTuple):
    """What was not imported.

    Attributes:
        file: Its file, below the folder that is imported.
        line: The line that it begins on, from 1; 0 where the whole file is meant.
        name: The policy's; ``""`` where it has none, or a file is meant.
        why: The reason.
    """

    file: str
    line: int
    name: str
    why: Message


class FoundPolicies(NamedTuple):
    """What a folder holds.

    Attributes:
        policies: In the order of files and lines, each once.
        left_out: What looks like a policy and is none that can be read.
    """

    policies: list[Policy]
    left_out: list[LeftOut]


def find_policies(directory: str) -> FoundPolicies:
    """Return the policies of all YAML files below a folder.

    Raises:
        UsageError: The folder can't be read.
    """
    try:
        os.listdir(directory)
    except (OSError, ValueError) as error:
        why = reason_of(error) if isinstance(error, OSError) else str(error)
        raise UsageError(Message("file.failed", path=directory, error=why)) from error
    return _Folder(directory).read()


class _Folder:
    """Reads the files of one folder; each is parsed once."""

    def __init__(self, directory: str) -> None:
        self._root = os.path.realpath(directory)
        self._documents: dict[str, list[ForeignNode]] = {}
        self._found: dict[tuple[str, int], Policy | LeftOut] = {}

    def read(self) -> FoundPolicies:
        files = sorted(self._files())
        named: set[str] = set()
        for file in files:
            for document in self._parse(file):
                if document.text_of("kind") == "policy" and (spec := document.get("spec")):
                    self._take_list(file, spec.items if spec.kind == "list" else [spec])
                if policies := document.get("policies"):
                    named.update(self._take_team(file, policies))
        for file in files:
            if file not in named and _says_policies(file):
                for document in self._parse(file):
                    self._take_list(file, document.items)
        found = [self._found[key] for key in sorted(self._found)]
        return FoundPolicies(
            [one for one in found if isinstance(one, Policy)], [one for one in found if isinstance(one, LeftOut)]
        )

    def _files(self) -> Iterator[str]:
        for folder, folders, names in os.walk(self._root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in names:
                if name.endswith((".yml", ".yaml")) and not name.startswith("."):
                    yield os.path.relpath(os.path.join(folder, name), self._root)

    def _parse(self, file: str) -> list[ForeignNode]:
        if file not in self._documents:
            self._documents[file] = []
            try:
                self._documents[file] = self._compose(file)
            except ForeignYamlError as error:
                wrong = (
                    Message("fleet_import.no_yaml", why=error.why) if error.why else Message("fleet_import.too_deep")
                )
                self._leave_out(file, error.line, wrong)
            except OSError as error:
                self._leave_out(file, 0, Message("content.unreadable", error=reason_of(error)))
        return self._documents[file]

    def _compose(self, file: str) -> list[ForeignNode]:
        path = os.path.join(self._root, file)
        if not self._inside(path):
            self._leave_out(file, 0, Message("fleet_import.outside", path=quoted(file)))
            return []
        if not os.path.isfile(path):
            self._leave_out(file, 0, Message("content.not_regular"))
            return []
        with open(path, "rb") as stream:
            data = stream.read(_SIZE_LIMIT + 1)
        if len(data) > _SIZE_LIMIT:
            self._leave_out(file, 0, Message("content.too_large", size=_SIZE_LIMIT // 1024))
            return []
        return parse_foreign(data)

    def _inside(self, path: str) -> bool:
        return os.path.realpath(path).startswith(self._root.rstrip(os.sep) + os.sep)

    def _take_team(self, file: str, policies: ForeignNode) -> Iterator[str]:
        """Take the policies of a team, and yield the files that it names."""
        for item in policies.items:
            if not item.get("path") and not item.get("paths"):
                self._take(file, item)
                continue
            line = item.line
            for other in self._follow(file, line, item.text_of("path"), item.text_of("paths")):
                yield other
                documents = self._parse(other)
                for document in documents:
                    if document.kind == "list":
                        self._take_list(other, document.items)
                    else:
                        self._leave_out(other, document.line, Message("fleet_import.no_list"))

    def _follow(self, file: str, line: int, path: str, pattern: str) -> Iterator[str]:
        """Yield the files that ``path`` or ``paths`` of an item names, seen from the file that it stands in."""
        told = path or pattern
        beside = os.path.join(self._root, os.path.dirname(file))
        whole = os.path.normpath(os.path.join(beside, told))
        if "\0" in told or not (whole + os.sep).startswith(self._root.rstrip(os.sep) + os.sep):
            self._leave_out(file, line, Message("fleet_import.outside", path=quoted(clean_line(told))))
            return
        found = [whole] if path else sorted(glob.glob(whole, recursive=True))
        found = [one for one in found if path or (one.endswith((".yml", ".yaml")) and os.path.isfile(one))]
        if not found or (path and not os.path.lexists(whole)):
            self._leave_out(file, line, Message("fleet_import.no_file", path=quoted(clean_line(told))))
            return
        for one in found:
            if self._inside(one):
                yield os.path.relpath(one, self._root)
            else:
                self._leave_out(file, line, Message("fleet_import.outside", path=quoted(clean_line(told))))

    def _take_list(self, file: str, items: list[ForeignNode]) -> None:
        for item in items:
            self._take(file, item)

    def _take(self, file: str, node: ForeignNode) -> None:
        place = (file, node.line)
        if place not in self._found:
            self._found[place] = _read_policy(file, node)

    def _leave_out(self, file: str, line: int, why: Message) -> None:
        self._found.setdefault((file, line), LeftOut(clean_line(file), line, "", why))


def _says_policies(file: str) -> bool:
    folder, name = os.path.split(file)
    return "policies" in folder.split(os.sep) or ".policies." in name


def _read_policy(file: str, node: ForeignNode) -> Policy | LeftOut:
    name = clean_line(" ".join(node.text_of("name").split()))[:_NAME_LIMIT]
    place = clean_line(file), node.line, name
    keys = [key for key, _ in node.pairs]
    twice = [key for key in keys if keys.count(key) > 1]
    query = node.text_of("query")
    if node.kind != "mapping":
        return LeftOut(*place, Message("fleet_import.no_policy"))
    if twice:
        return LeftOut(*place, Message("fleet_import.twice", key=clean_line(twice[0])))
    if node.get("path") or node.get("paths"):
        return LeftOut(*place, Message("fleet_import.nested"))
    if node.text_of("type") == "patch":
        return LeftOut(*place, Message("fleet_import.patch"))
    if not name or not query.strip():
        return LeftOut(*place, Message("fleet_import.lacks", key="query" if name else "name"))
    if variable := _VARIABLE.search(query):
        return LeftOut(*place, Message("fleet_import.variable", name=variable[1]))
    return Policy(
        name=name,
        query=query.replace("\\$", "$"),
        description=clean(node.text_of("description").strip()),
        resolution=clean(node.text_of("resolution").strip()),
        platforms=tuple(word.strip().lower() for word in node.text_of("platform").split(",") if word.strip()),
        critical=node.text_of("critical").lower() == "true",
        file=place[0],
        line=place[1],
    )
