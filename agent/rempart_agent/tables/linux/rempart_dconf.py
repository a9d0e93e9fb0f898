"""Table rempart_dconf: what dconf imposes on every user, and the defaults that distributions override.

Scope ``system``: the databases that the profile ``user`` names (``/etc/dconf/profile/user``, else the one in a data
directory; without a profile there is none), as they were compiled: what stands in a key file is in force only once
``dconf update`` has been run, so the compiled database is what is read, and one that was never compiled gives no rows.
A key has one row, from the first database of the profile that has it, or from the one that locks it or a later one
(dconf(7)); a key that is locked without a value has an empty one. ``locked`` is 1 where no user can change the key.
``source`` is the key file that sets it, where one that is no newer than the database does, else the database.

Scope ``greeter``: the same for GDM's login screen, by the profile ``gdm``.

Scope ``default``: ``/usr/share/glib-2.0/schemas/*.gschema.override``, of several the last by name; ``path`` is the
schema's name with slashes, and keeps a desktop (``org/gnome/desktop/session:GNOME``).

``value`` is in GVariant's text form, ``number`` the whole number that it stands for. What users set themselves, and a
profile chosen by DCONF_PROFILE, are not seen.
"""

from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.formats import gvariant, gvdb, ini
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("scope", TEXT, argument=True),
    Column("path", TEXT),
    Column("key", TEXT),
    Column("value", TEXT),
    Column("number", BIGINT),
    Column("locked", INTEGER),
    Column("source", TEXT),
)

_PROFILES = {"system": "user", "greeter": "gdm"}
_PLACES = ("/etc", "/usr/share/gnome", "/usr/local/share", "/usr/share")
DATABASES = "/etc/dconf/db/"
SCHEMAS = "/usr/share/glib-2.0/schemas"
MAX_DATABASE = 8 * 1024 * 1024

_KEY_FILE = ini.Dialect(joins=False)


class Database(NamedTuple):
    """A compiled database: where it lies, its values in text form, and the keys that it locks."""

    path: str
    values: Dict[str, str]
    locks: List[str]


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each key that a system database sets or locks, and each overridden default."""
    asked = query.equal("scope")
    for scope, profile in _PROFILES.items():
        if asked is None or scope in asked:  # the greeter's database may be readable by root alone
            yield from _imposed(target, scope, profile)
    for name, (value, source) in sorted(find_defaults(target).items()):
        yield _row("default", name, value, 0, source)


def _imposed(target: Target, scope: str, profile: str) -> Iterator[Row]:
    """Yield the keys that the databases of a profile set or lock."""
    user, paths = parse_profile(find_profile(target, profile))
    databases = []
    for path in paths:
        try:
            data = target.read(path, MAX_DATABASE)
        except Missing:
            continue  # never compiled, so not in force
        values, locks = parse_database(data, path)
        databases.append(Database(path, values, locks))
    sources = [key_files(target, database.path) for database in databases]
    for name, level, locked in decide(databases, user):
        holder = next((n for n in range(level, len(databases)) if name in databases[n].values), None)
        value = databases[holder].values[name] if holder is not None else ""
        place = databases[level if holder is None else holder].path
        source = sources[holder].get(name, place) if holder is not None else place
        yield _row(scope, name, value, int(locked), source)


def _row(scope: str, name: str, value: str, locked: int, source: str) -> Dict[str, Value]:
    path, _, key = name.strip("/").rpartition("/")
    row: Dict[str, Value] = {"scope": scope, "path": path, "key": key, "value": value, "locked": locked}
    row["source"] = source
    number = gvariant.number_of(value)
    if number is not None and -(1 << 63) <= number < 1 << 63:
        row["number"] = number
    return row


def find_profile(target: Target, profile: str = "user") -> str:
    """Return the text of a profile; without one there is the user's database alone.

    Args:
        target: What is looked at.
        profile: Its name; ``user`` is that of user sessions.
    """
    for place in _PLACES:
        try:
            return target.text("{}/dconf/profile/{}".format(place, profile))
        except Missing:
            continue
    return "user-db:user"


def parse_profile(text: str) -> Tuple[bool, List[str]]:
    """Return whether a profile begins with a database of the user's, and the paths of the others in its order."""
    user = False
    paths: List[str] = []
    for line in text.split("\n"):
        kind, _, name = line.split("#", 1)[0].strip().partition(":")
        if kind in ("user-db", "service-db"):
            user = user or not paths
        elif kind == "system-db" and name:
            paths.append(DATABASES + name)
        elif kind == "file-db" and name.startswith("/"):
            paths.append(name)
    return user, paths


def parse_database(data: bytes, path: str = "database") -> Tuple[Dict[str, str], List[str]]:
    """Return the values of a compiled database by key, and the keys that it locks.

    Args:
        data: The file's content.
        path: Its name, for the error.

    Raises:
        Malformed: the database is damaged.
    """
    values: Dict[str, str] = {}
    locks: List[str] = []
    try:
        database = gvdb.Gvdb(data)
        for item in database.items():
            if item.kind == "v" and item.key.startswith("/"):
                values[item.key] = gvariant.show_variant(database.value(item), database.swapped)
            elif item.kind == "H" and item.key == ".locks":
                locks += [lock.key for lock in database.items(item) if lock.kind == "v"]
    except Malformed as error:
        raise Malformed("{path}: {error}", path=path, error=error) from error
    return values, locks


def decide(databases: List[Database], user: bool) -> Iterator[Tuple[str, int, bool]]:
    """Yield each key with the first database that may set it, and whether users can't.

    A lock in a database means that only this one and later ones are asked (dconf's own rule).

    Args:
        databases: The system databases, in the profile's order: the first one counts most.
        user: Whether the profile begins with a database of the user.
    """
    levels: Dict[str, int] = {}
    for level, database in enumerate(databases):
        levels.update((name, level) for name in database.locks)  # the last one that locks it counts
    names = set(levels).union(*(database.values for database in databases))
    for name in sorted(names):
        yield name, levels.get(name, 0), name in levels or not user


def key_files(target: Target, database: str) -> Dict[str, str]:
    """Return, by key, the last key file of a database that sets it and is no newer than what was compiled.

    Args:
        target: What is looked at.
        database: The compiled database's path on the target; its key files lie in the folder called the same with
            ``.d``.
    """
    folder = database + ".d"
    try:
        names = target.listdir(folder) if database.startswith(DATABASES) else []
    except Missing:
        return {}
    compiled = target.stat(database).st_mtime
    found: Dict[str, str] = {}
    for name in names:
        path = folder + "/" + name
        status = target.stat(path)
        if (status.st_mode & 0o170000) == 0o100000 and not name.startswith(".") and status.st_mtime <= compiled:
            for section, key, _, _ in ini.parse(target.text(path), _KEY_FILE):
                found["/" + "/".join(part for part in (section.strip("/"), key) if part)] = path
    return found


def find_defaults(target: Target) -> Dict[str, Tuple[str, str]]:
    """Return value and source of each default that an override file sets, by path and key."""
    try:
        names = target.listdir(SCHEMAS)
    except Missing:
        return {}
    found: Dict[str, Tuple[str, str]] = {}
    for name in names:
        if name.endswith(".gschema.override"):
            path = SCHEMAS + "/" + name
            for line, value in parse_override(target.text(path)):
                found[line] = value, path
    return found


def parse_override(text: str) -> Iterator[Tuple[str, str]]:
    """Yield path and key, and the value as written, of each line of an override file."""
    section: Optional[str] = None
    for raw in text.split("\n"):
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            schema, colon, desktop = line[1:-1].strip().partition(":")
            section = schema.replace(".", "/") + colon + desktop
        elif section and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            yield section + "/" + key.strip(), value.strip()
