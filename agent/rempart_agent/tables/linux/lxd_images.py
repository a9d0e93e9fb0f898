"""Table lxd_images: the images of LXD.

Source: LXD's REST API, ``/1.0/images``.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import at, flags, items, number, text, texts
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("architecture", TEXT),
    Column("os", TEXT),
    Column("release", TEXT),
    Column("description", TEXT),
    Column("aliases", TEXT),
    Column("filename", TEXT),
    Column("size", BIGINT),
    Column("auto_update", INTEGER),
    Column("cached", INTEGER),
    Column("public", INTEGER),
    Column("created_at", TEXT),
    Column("expires_at", TEXT),
    Column("uploaded_at", TEXT),
    Column("last_used_at", TEXT),
    Column("update_source_server", TEXT),
    Column("update_source_protocol", TEXT),
    Column("update_source_certificate", TEXT),
    Column("update_source_alias", TEXT),
)
_TEXTS = {
    name: name for name in ("architecture", "filename", "created_at", "expires_at", "uploaded_at", "last_used_at")
}
_FLAGS = {"auto_update": "auto_update", "cached": "cached", "public": "public"}
_SOURCE = {"update_source_" + name: name for name in ("server", "protocol", "certificate", "alias")}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each image.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    asked = query.equal("id")
    if asked is None:
        named = [("", uri) for uri in lxd.urls(target, "lxd_images", "/1.0/images")]
    else:
        named = [(name, "/1.0/images/" + lxd.quoted(name)) for name in asked if name]
    for name, uri in named:
        found = lxd.find(target, "lxd_images", uri)
        if found is not None:
            yield {**parse(found), "id": name or text(found.get("fingerprint"))}


def parse(found: lxd.Object) -> Dict[str, Value]:
    """Return what LXD tells of an image, without its id."""
    row: Dict[str, Value] = {**texts(found, _TEXTS), **flags(found, _FLAGS)}
    row.update(texts(found.get("properties"), {name: name for name in ("os", "release", "description")}))
    row.update(texts(found.get("update_source"), _SOURCE))
    row["size"] = number(found.get("size"))
    row["aliases"] = ",".join(text(at(alias, "name")) for alias in items(found.get("aliases")))
    return row
