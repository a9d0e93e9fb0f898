"""Table deb_packages: the packages that dpkg knows, with their state.

Source: the database in ``admindir`` (``/var/lib/dpkg`` unless the statement says otherwise): ``status`` with the
journal in ``updates`` (dpkg(1), deb-control(5)), and ``status.d``, one file a package, as images without dpkg have it.
Values are what libdpkg makes of the fields, as in osquery: ``revision`` is what stands behind the last hyphen of the
version, ``<empty>`` an architecture that is not given. Packages that are not installed and left nothing are no rows.

A machine without such a directory has no dpkg and no rows; a directory without a database, or a database that can't be
understood, raises.
"""

from typing import Dict, Iterator, List, Optional, Tuple

from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
ADMINDIR = "/var/lib/dpkg"
COLUMNS = (
    Column("name", TEXT),
    Column("version", TEXT, collate="version_dpkg"),
    Column("source", TEXT),
    Column("size", BIGINT),
    Column("arch", TEXT),
    Column("revision", TEXT),
    Column("status", TEXT),
    Column("maintainer", TEXT),
    Column("section", TEXT),
    Column("priority", TEXT),
    Column("admindir", TEXT, argument=True),
    Column("pid_with_namespace", INTEGER, hidden=True),
    Column("mount_namespace_id", TEXT, hidden=True),
)

Packages = Dict[Tuple[str, str], Dict[str, Value]]
"""Name and architecture to the row."""

_FIELDS = (
    ("\nPackage: ", "name"),
    ("\nStatus: ", "status"),
    ("\nPriority: ", "priority"),
    ("\nSection: ", "section"),
    ("\nInstalled-Size: ", "size"),
    ("\nMaintainer: ", "maintainer"),
    ("\nArchitecture: ", "arch"),
    ("\nSource: ", "source"),
    ("\nVersion: ", "version"),
)
_COLUMN_OF = {field[1:-2].lower(): column for field, column in _FIELDS}
_COLUMN_OF["class"] = "priority"  # its old name
_PRIORITIES = ("required", "important", "standard", "optional", "extra", "unknown")
_WANTS = ("unknown", "install", "hold", "deinstall", "purge")
_FLAGS = ("ok", "reinstreq")
_STATES = {
    state: state
    for state in (
        "not-installed",
        "config-files",
        "half-installed",
        "unpacked",
        "half-configured",
        "triggers-awaited",
        "triggers-pending",
        "installed",
    )
}
_STATES["postinst-failed"] = "half-configured"
_STATES["removal-failed"] = "half-installed"
_NOT_INSTALLED = "not-installed"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each package, sorted by name and architecture."""
    asked = query.equal("admindir")
    for admindir in [ADMINDIR] if asked is None else asked:
        packages = read(target, admindir)
        for key in sorted(packages):
            row = packages[key]
            row["admindir"] = admindir
            yield row


def read(target: Target, admindir: str = ADMINDIR) -> Packages:
    """Read a database; an empty answer where there is no such directory.

    Args:
        target: What is looked at.
        admindir: The database's folder on the target.

    Raises:
        Missing: the directory holds no database.
        Malformed: the database can't be understood.
    """
    packages: Packages = {}
    names = _names(target, admindir)
    if names is None:
        return packages
    if "status.d" in names:
        for name in _names(target, admindir + "/status.d") or ():
            if not name.endswith(".md5sums"):
                path = admindir + "/status.d/" + name
                packages.update(parse(target.text(path), path, "install ok installed"))
    if "status" in names or "status.d" not in names:
        path = admindir + "/status"
        text = target.text(path)
        if text and text[-1] != "\n":  # dpkg refuses it too
            raise Malformed("{path}: is cut off in its last line", path=path)
        packages.update(parse(text, path))
    if "updates" in names:  # what dpkg noted and has not yet put into status
        for name in _names(target, admindir + "/updates") or ():
            if name.isdigit():
                path = admindir + "/updates/" + name
                packages.update(parse(target.text(path), path))
    return {key: row for key, row in packages.items() if row}


def _names(target: Target, folder: str) -> Optional[List[str]]:
    try:
        return target.listdir(folder)
    except Missing:
        return None


def parse(text: str, path: str = "", status: str = "") -> Packages:
    """Parse stanzas of deb-control(5).

    Args:
        text: The database.
        path: Where it was read, for the message of an error.
        status: The status of a package that gives none; without one it is not installed.

    Returns:
        A row for each package; an empty one for a package that is not installed.

    Raises:
        Malformed: dpkg could not read it either: no field, no name, another word in the status, no version.
    """
    packages: Packages = {}
    for stanza in text.replace("\r\n", "\n").split("\n\n"):
        stanza = "\n" + stanza.strip("\n") + "\n"
        if len(stanza) < 3:
            continue
        row: Dict[str, Value] = {}
        for field, column in _FIELDS:
            at = stanza.find(field)
            if at >= 0:
                at += len(field)
                row[column] = stanza[at : stanza.index("\n", at)].strip()
        if not (row.get("name") and row.get("status") and row.get("version")):
            row = _fields(stanza, path)
        name = str(row.get("name") or "").lower()
        if not name:
            raise Malformed("{path}: a package without a name", path=path)
        state = _status(str(row.get("status") or status), name, path)
        arch = str(row.get("arch") or "<empty>")
        packages[name, arch] = {} if state.endswith(_NOT_INSTALLED) else _finish(row, name, arch, state, path)
    return packages


def _fields(stanza: str, path: str) -> Dict[str, Value]:
    """Return the columns of a stanza that is not written as dpkg writes it: names of any case, blanks left out."""
    row: Dict[str, Value] = {}
    for line in stanza.split("\n"):
        if not line or line[0] in " \t":
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise Malformed("{path}: no field: {line}", path=path, line=f"{line:.40}")
        column = _COLUMN_OF.get(name.strip().lower())
        if column:
            row[column] = value.strip()
    return row


def _status(text: str, name: str, path: str) -> str:
    if not text:
        return _NOT_INSTALLED
    words = text.lower().split()
    if len(words) != 3 or words[0] not in _WANTS or words[1] not in _FLAGS or words[2] not in _STATES:
        raise Malformed("{path}: package {name}: status {text}", path=path, name=name, text=f"{text:.60}")
    return "{} {} {}".format(words[0], words[1], _STATES[words[2]])


def _finish(row: Dict[str, Value], name: str, arch: str, status: str, path: str) -> Dict[str, Value]:
    version = str(row.get("version") or "")
    if not version and not status.endswith("half-installed"):
        raise Malformed("{path}: package {name} has no version", path=path, name=name)
    epoch, colon, rest = version.rpartition(":") if version.count(":") == 1 else ("", "", version)
    if colon and epoch.strip("0") == "":
        version = rest
    priority = str(row.get("priority") or "unknown")
    row["name"] = name
    row["arch"] = arch
    row["status"] = status
    row["version"] = version or "<none>"
    row["revision"] = version.rpartition("-")[2] if "-" in version else ""
    row["priority"] = priority.lower() if priority.lower() in _PRIORITIES else priority
    return row
