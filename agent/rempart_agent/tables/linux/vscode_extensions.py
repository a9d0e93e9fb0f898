"""Table vscode_extensions: the extensions of Visual Studio Code and of the editors made from it.

Source: ``extensions/extensions.json`` in the editors' folders of the users that ``uid`` names, else of the one that
runs. A list that can't be understood raises, where osquery passes it over; so does an entry without identifier,
metadata and location.
"""

from typing import Dict, Iterator

from rempart_agent.formats import json_document
from rempart_agent.readers.files import account
from rempart_agent.source.contract import (
    BIGINT,
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
    Column("uuid", TEXT, collate="nocase"),
    Column("version", TEXT, collate="version"),
    Column("path", TEXT),
    Column("publisher", TEXT),
    Column("publisher_id", TEXT),
    Column("installed_at", BIGINT),
    Column("prerelease", INTEGER),
    Column("uid", BIGINT, argument=True),
    Column("vscode_edition", TEXT),
)
EDITIONS = (
    (".cursor", "cursor"),
    (".cursor-server", "cursor"),
    (".devin", "windsurf"),
    (".trae", "trae"),
    (".trae-server", "trae"),
    (".vscode", "vscode"),
    (".vscode-insiders", "vscode_insiders"),
    (".vscode-oss", "vscodium"),
    (".vscode-server", "vscode"),
    (".vscode-server-insiders", "vscode_insiders"),
    (".vscodium-insiders", "vscodium_insiders"),
    (".vscodium-server", "vscodium"),
    (".vscodium-server-insiders", "vscodium_insiders"),
    (".windsurf", "windsurf"),
    (".windsurf-server", "windsurf"),
)
FILE = "/extensions/extensions.json"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each extension of each editor.

    Raises:
        Malformed: a list of extensions can't be understood.
    """
    for uid, home in account.homes(target, query):
        for folder, edition in EDITIONS:
            path = home + "/" + folder + FILE
            try:
                data = target.read(path)
            except (Missing, Loop):
                continue
            for row in parse(data, path):
                row.update(uid=uid, vscode_edition=edition)
                yield row


def parse(data: bytes, path: str = FILE) -> Iterator[Dict[str, Value]]:
    """Parse a list of extensions.

    Args:
        data: The file's content.
        path: Its name, for the error.

    Raises:
        Malformed: it is no list of extensions.
    """
    try:
        found = json_document.parse(data)
    except Malformed as error:
        raise Malformed("{path}: {error}", path=path, error=error) from error
    if not isinstance(found, list):
        raise Malformed("{path}: no list of extensions", path=path)
    for entry in found:
        extension = json_document.mapping(entry)
        identifier, metadata, location = (extension.get(name) for name in ("identifier", "metadata", "location"))
        if not (isinstance(identifier, dict) and isinstance(metadata, dict) and isinstance(location, dict)):
            raise Malformed("{path}: an entry that is no extension", path=path)
        row: Dict[str, Value] = {
            "name": json_document.text(identifier.get("id")),
            "version": json_document.text(extension.get("version")),
            "path": json_document.text(location.get("path")),
            "uuid": json_document.text(metadata.get("id")),
            "publisher": json_document.text(metadata.get("publisherDisplayName")),
            "publisher_id": json_document.text(metadata.get("publisherId")),
        }
        installed, early = metadata.get("installedTimestamp"), metadata.get("isPreReleaseVersion")
        if isinstance(installed, int) and not isinstance(installed, bool):
            row["installed_at"] = installed
        if isinstance(early, bool):
            row["prerelease"] = int(early)
        yield row
