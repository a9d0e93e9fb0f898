"""Table chrome_extension_content_scripts: which scripts extensions of Chrome and its kin run in which pages.

Source: the manifests of the extensions that ``chrome_extensions`` finds, of the users that ``uid`` names, else of the
one that runs.
"""

from typing import Iterator, List, Tuple

from rempart_agent.formats import property_tree
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import chrome_extensions

OFFLINE = "full"
COLUMNS = (
    Column("browser_type", TEXT),
    Column("uid", BIGINT, index=True, argument=True),
    Column("identifier", TEXT),
    Column("version", TEXT, collate="version"),
    Column("script", TEXT),
    Column("match", TEXT),
    Column("profile_path", TEXT),
    Column("path", TEXT),
    Column("referenced", BIGINT),
)
_SAME = ("browser_type", "uid", "identifier", "version", "profile_path", "path", "referenced")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each script and each pattern of pages."""
    asked = Query(frozenset(column.name for column in chrome_extensions.COLUMNS), query.constraints)
    for extension in chrome_extensions.rows(target, asked):
        row = {name: extension[name] for name in _SAME if name in extension}
        for match, script in parse(str(extension.get("manifest_json") or "{}")):
            yield {**row, "match": match, "script": script}


def parse(manifest: str) -> Iterator[Tuple[str, str]]:
    """Return pattern and script of each script that a manifest has run in pages.

    Raises:
        Malformed: it is no JSON.
    """
    for entry in _list(property_tree.parse(manifest), "content_scripts"):
        for match in _list(entry, "matches"):
            for script in _list(entry, "js"):
                if isinstance(match, str) and isinstance(script, str):
                    yield match, script


def _list(tree: property_tree.Tree, name: str) -> List[property_tree.Tree]:
    found = property_tree.child(tree, name)
    return found if isinstance(found, list) else []
