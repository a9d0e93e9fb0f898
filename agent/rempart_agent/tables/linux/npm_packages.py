"""Table npm_packages: the packages of Node.js that are installed for all, and in the places of version managers.

Source: ``node_modules/*/package.json`` and ``node_modules/@*/*/package.json`` below the places that osquery looks in,
or below those that ``directory`` names, and the same again below each package, down to ``max_depth`` (100 by default,
-1 for any). A package whose file can't be understood is a row with little more than its path.
"""

from typing import Dict, Iterator, List, Set, Tuple

from rempart_agent.formats import json_document
from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import (
    INTEGER,
    TEXT,
    Column,
    Loop,
    Malformed,
    Missing,
    Query,
    Row,
    Value,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT),
    Column("version", TEXT, collate="version"),
    Column("description", TEXT),
    Column("author", TEXT),
    Column("license", TEXT),
    Column("homepage", TEXT),
    Column("path", TEXT),
    Column("directory", TEXT, index=True, argument=True),
    Column("depth", INTEGER),
    Column("max_depth", INTEGER, argument=True, hidden=True),
    Column("pid_with_namespace", INTEGER, hidden=True),
    Column("mount_namespace_id", TEXT, hidden=True),
)
PLACES = (
    "/Users/%/.asdf/installs/nodejs/%/lib",
    "/Users/%/.local/share/fnm/node-versions/%/installation/lib",
    "/Users/%/.local/share/mise/installs/node/%/lib",
    "/Users/%/.npm-global/lib",
    "/Users/%/.nvm/versions/node/%/lib",
    "/Users/%/.volta/tools/image/node/%/lib",
    "/Users/%/Library/Application Support/fnm/node-versions/%/installation/lib",
    "/home/%/.asdf/installs/nodejs/%/lib",
    "/home/%/.local/share/fnm/node-versions/%/installation/lib",
    "/home/%/.local/share/mise/installs/node/%/lib",
    "/home/%/.npm-global/lib",
    "/home/%/.nvm/versions/node/%/lib",
    "/home/%/.volta/tools/image/node/%/lib",
    "/opt/homebrew/lib",
    "/usr/lib",
    "/usr/local/lib",
)
MAX_DEPTH = 100
MAX_MANIFEST = 4 * 1024 * 1024
_TEXTS = ("name", "version", "description", "homepage")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each package."""
    asked = query.equal("directory")
    deepest = _depth((query.equal("max_depth") or [""])[0])
    if asked is None:
        asked = sorted({path for path in pattern.expand(target, PLACES) if path.endswith("/")})
    for folder in asked:
        if folder.startswith("/") and "%" not in folder:
            for row in _below(target, folder, deepest):
                row.update(directory=folder, max_depth=deepest)
                yield row


def _depth(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return MAX_DEPTH


def _below(target: Target, start: str, deepest: int) -> Iterator[Dict[str, Value]]:
    todo = [(start.rstrip("/"), 0)]
    entered: Set[Tuple[int, int]] = set()
    while todo:
        folder, depth = todo.pop()
        modules = folder + "/node_modules/"
        try:
            status = target.stat(modules)
        except (Missing, Loop):
            continue
        if (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        for path in _manifests(target, modules):
            yield {**_described(target, path), "path": path, "depth": depth}
            if deepest == -1 or depth < deepest:
                todo.append((path[: -len("/package.json")], depth + 1))


def _manifests(target: Target, modules: str) -> List[str]:
    patterns = (modules + "%/package.json", modules + "@%/%/package.json")
    return [path for one in patterns for path in pattern.expand(target, [one]) if not path.endswith("/")]


def _described(target: Target, path: str) -> Dict[str, Value]:
    try:
        return dict(parse(target.read(path, MAX_MANIFEST)))
    except (Missing, Loop, Malformed):
        return {}


def parse(data: bytes) -> Dict[str, str]:
    """Return what a ``package.json`` says of its package.

    Raises:
        Malformed: it is no JSON object.
    """
    found = json_document.parse(data)
    if not isinstance(found, dict):
        raise Malformed("a package.json that is no object")
    row = {name: json_document.text(found.get(name)) for name in _TEXTS}
    author, licence = found.get("author"), found.get("license")
    row["author"] = json_document.text(author) or json_document.text(json_document.mapping(author).get("name"))
    row["license"] = json_document.text(licence) or json_document.text(json_document.mapping(licence).get("url"))
    return row
