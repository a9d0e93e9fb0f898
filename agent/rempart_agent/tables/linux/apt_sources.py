"""Table apt_sources: where apt takes packages from, with what each archive says of itself.

Sources: sources.list(5), read as ``rempart_apt_sources`` does, and the ``InRelease`` or ``Release`` file that apt keeps
of each archive. Only binary packages count (``deb``), and only entries that are on. Other than osquery, which shows
nothing of them, an archive of which nothing was downloaded yet is a row without these columns; ``Enabled: yes``, values
on several lines and URIs such as ``file:/srv`` are read as apt reads them; and a broken entry raises.
"""

from typing import Dict, Iterator, Set, Tuple

from rempart_agent.models.apt import config
from rempart_agent.models.apt.lists import file_name
from rempart_agent.readers.packages import apt_settings
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_apt_sources

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT, command=True),
    Column("source", TEXT),
    Column("base_uri", TEXT, command=True),
    Column("release", TEXT),
    Column("version", TEXT, collate="version_dpkg"),
    Column("maintainer", TEXT),
    Column("components", TEXT),
    Column("architectures", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)
_FIELDS = {
    "Codename": "release",
    "Version": "version",
    "Origin": "maintainer",
    "Components": "components",
    "Architectures": "architectures",
}
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each archive of each entry.

    Raises:
        Malformed: an entry, or apt's configuration, can't be understood.
    """
    folder = config.place(apt_settings.values(target), "Dir::State::lists").rstrip("/")
    seen: Set[Tuple[str, str, int, str]] = set()
    for entry in rempart_apt_sources.rows(target, query):
        source, uri, suite = (str(entry[name]) for name in ("source", "uri", "suite"))
        place = (source, uri, int(str(entry["line"])), suite)
        if entry["type"] != "deb" or not entry["enabled"] or place in seen:
            continue
        seen.add(place)
        base = uri.rstrip("/")
        row = {"source": source, "base_uri": base, "name": _bare(base) + " " + suite}
        row.update(_released(target, folder + "/" + list_name(base, suite)))
        yield row


def _released(target: Target, path: str) -> Dict[str, str]:
    for kind in ("_InRelease", "_Release"):
        try:
            return parse(target.text(path + kind))
        except Missing:
            continue
    return {}


def _bare(uri: str) -> str:
    _scheme, mark, place = uri.partition(":")
    if not mark:
        return uri
    return place[2:] if place.startswith("//") else place


def list_name(uri: str, suite: str) -> str:
    """Return how the names of an archive's lists begin.

    Args:
        uri: The archive, without a slash behind.
        suite: The suite, or a folder where it ends in a slash.
    """
    return file_name(uri + "/" + (suite.rstrip("/") if suite.endswith("/") else "dists/" + suite))


def parse(text: str) -> Dict[str, str]:
    """Return what a Release file says of its archive; it may be signed."""
    row: Dict[str, str] = {}
    for line in text.split("\n"):
        if line.startswith(_SIGNATURE):
            break
        key, colon, value = line.partition(":")
        if colon and key in _FIELDS:
            row[_FIELDS[key]] = value.strip()
    return row
