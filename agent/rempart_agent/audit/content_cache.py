"""The compiled cache of checks: content that was read and found good once is not parsed again.

Reading YAML costs more than the audit itself. The cache can't be stale, since its key is the content of every file (of
one that only root may change, its inode, size and time of change), names included, this program's and Python's version
and the layout of what is kept; it can't be poisoned by others, since only a regular file is taken that belongs to this
user, in a folder that belongs to this user, neither writable by others, and whose digest is right. When in doubt,
content is read anew; a cache that can't be written is no error.
``REMPART_NO_CACHE=1`` does without.
"""

import os
import stat
import sys
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from rempart_core import digest as digests
from rempart_core.model.catalogue import Catalogue
from rempart_core.model.check import Applies, Block, Check, Fallback, Remediation, Severity, Step
from rempart_core.model.parameter import Parameter, bind, split
from rempart_core.model.profile import Change, Profile, Selector
from rempart_core.text import Text
from rempart_core.version import VERSION

_MAGIC = b"rempart-checks 3\n"
_LAYOUT = [
    one._fields for one in (Check, Block, Applies, Fallback, Remediation, Step, Parameter, Profile, Selector, Change)
]
_SETTLED = 10.0  # seconds after its last change from which a file of root is taken to stay as it is
_KEPT = 8  # caches of other contents that stay: other versions, users' own check folders
_MAX_FILE = 1 << 20
_ALONE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_FOR_ROOT = "/var/cache/rempart"  # under sudo the home may be another's


class Content(NamedTuple):
    """All checks and profiles of some folders.

    Attributes:
        checks: The checks, by id; out of the cache each is made when it is asked for.
        profiles: The profiles.
        parts: Each statement of a check that was made, taken apart by ``parameter.split``.
        uses: Each of these that is of Linux and compiles: the tables that it names, and their columns that it reads.
    """

    checks: Sequence[Check]
    profiles: list[Profile]
    parts: dict[str, tuple[str, ...]]
    uses: dict[str, dict[str, tuple[str, ...]]]


def load(directories: Sequence[str], platform: str = "") -> Content:
    """Return the checks and profiles of ``directories``, each shaped like ``checks/``.

    Args:
        directories: The folders.
        platform: Keep only this platform's blocks of each check, which is all that one audit asks; ``""`` keeps all.

    Raises:
        ContentError: with all mistakes of all files.
    """
    key = _key(directories, platform)
    folder = _folder()
    path = f"{folder}/{key}.bin" if folder else ""
    data = _read(path) if path else None
    if data is not None:
        return _thaw(data)
    from rempart_core.content import checkfile, profilefile

    checks = checkfile.read_checks(directories)
    profiles = profilefile.read_profiles(directories, checks)
    if platform:
        checks = [check._replace(platforms=_keep(check.platforms, platform)) for check in checks]
    content = Content(checks, profiles, _split(checks), _find_uses(checks))
    if path and _key(directories, platform) == key:  # nothing changed while it was read
        _write(folder, path, _freeze(content))
    return content


def _keep(blocks: dict[str, Block], platform: str) -> dict[str, Block]:
    return {name: block for name, block in blocks.items() if name == platform}


def _split(checks: Sequence[Check]) -> dict[str, tuple[str, ...]]:
    blocks = [block for check in checks for block in check.platforms.values()]
    return {sql: split(sql) for block in blocks for _, sql in block.statements()}


def _find_uses(checks: Sequence[Check]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Compile the statements of Linux on empty tables; one that does not compile will say so when it is asked."""
    from rempart_agent.engines.sql.database import Database
    from rempart_agent.engines.sql.given_rows import CaseReader

    database = Database(CaseReader("linux", {}, live=True))
    uses: dict[str, dict[str, tuple[str, ...]]] = {}
    for check in checks:
        block = check.platforms.get("linux")
        values = {p.name: p.default for p in check.parameters.values()}
        for _, sql in block.statements() if block else ():
            tables: dict[str, list[str]] = {}
            reads = database.find_reads(bind(sql, check.parameters, values))
            if reads is None:
                continue
            for table, column in sorted(reads):
                tables.setdefault(table, []).append(column)
            uses[sql] = {table: tuple(columns) for table, columns in tables.items()}
    database.close()
    return uses


def _key(directories: Sequence[str], platform: str) -> str:
    total = digests.new(repr((VERSION, platform, sys.hexversion, _LAYOUT, list(directories))).encode())
    now = time.time()
    for directory in directories:
        for where, folders, files in os.walk(directory):
            folders.sort()
            # Every name counts, since the reader says what lies in the wrong place; only what it reads is read here.
            total.update(repr((os.path.relpath(where, directory), folders, sorted(files))).encode())
            if os.path.basename(where) == "frameworks":
                continue  # of these only the names count here
            for name in sorted(files):
                if name.endswith(".yaml") and not name.endswith(".test.yaml"):
                    path = f"{where}/{name}"
                    total.update(_identity(path, now) or _content(path))
    return str(total.hexdigest())


def _identity(path: str, now: float) -> bytes:
    """Return what stands for a file's content: nobody but root can change that and leave this as it was.

    The time of the last change can't be set. It has the grain of the kernel's clock, so a file that changed just now is
    read; so is one that others than root may write.
    """
    try:
        status = os.lstat(path)
    except OSError:
        return b""
    if not stat.S_ISREG(status.st_mode) or status.st_uid != 0 or status.st_mode & 0o022:
        return b""
    if os.name == "nt" or not 0 < status.st_ctime < now - _SETTLED:
        return b""
    return repr((status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns)).encode()


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_FILE + 1)
    except OSError as error:
        data = str(error.errno).encode()
    return f"{len(data)}\0".encode() + data


def _user() -> int:
    """Return this user's number; -1 on Windows, where files have no such owner."""
    if sys.platform == "win32":
        return -1
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
        return os.geteuid()


def _folder() -> str:
    """Return the folder of caches, ``""`` where there can be none that is this user's alone."""
    user = _user()
    if user < 0 or os.environ.get("REMPART_NO_CACHE"):
        return ""
    base = os.environ.get("XDG_CACHE_HOME") or (
        os.environ.get("HOME", "") + "/.cache" if os.environ.get("HOME") else ""
    )
    candidates = [f"{base}/rempart"] if base.startswith("/") else []
    if user == 0:
        candidates.append(_FOR_ROOT)
    for folder in candidates:
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if _ours(os.lstat(folder), stat.S_ISDIR):
                return folder
        except OSError:
            continue
    return ""


def _ours(status: os.stat_result, kind: Any) -> bool:
    return bool(kind(status.st_mode)) and status.st_uid == _user() and not status.st_mode & 0o022


def _read(path: str) -> memoryview | None:
    """Return what a cache holds; None where there is none that can be trusted."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _ALONE)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not _ours(status, stat.S_ISREG) or status.st_nlink != 1:
            return None
        with open(descriptor, "rb", closefd=False) as file:
            data = memoryview(file.read())
    except OSError:
        return None
    finally:
        os.close(descriptor)
    head = len(_MAGIC) + 32
    body = data[head:]
    if data[: len(_MAGIC)] != _MAGIC or digests.new(body).digest() != data[len(_MAGIC) : head]:
        return None
    return body


def _write(folder: str, path: str, body: bytes) -> None:
    beside = f"{path}.{os.getpid()}"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ALONE, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(_MAGIC + digests.new(body).digest() + body)
            os.rename(beside, path)
        except OSError:
            os.unlink(beside)
            return
        old = [entry for entry in os.scandir(folder) if entry.name.endswith(".bin")]
        old.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime)
        for entry in old[:-_KEPT]:
            os.unlink(entry.path)
    except OSError:
        return


def _freeze(content: Content) -> bytes:
    import marshal

    names, frozen = [], []
    for check in content.checks:
        statements = [sql for block in check.platforms.values() for _, sql in block.statements()]
        parts = {sql: content.parts[sql] for sql in statements}
        uses = {sql: content.uses[sql] for sql in statements if sql in content.uses}
        names.append((check.id, check.area))
        frozen.append(marshal.dumps((_plain(check), parts, uses)))
    return marshal.dumps((names, frozen, [_plain(one) for one in content.profiles]))


def _plain(value: Any) -> Any:
    """Return a value as plain data, positions for names, as :func:`_thaw` builds it up again."""
    if isinstance(value, Severity):
        return value.value
    if isinstance(value, tuple | list):
        return tuple(_plain(v) for v in value)
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    return value


def _thaw(body: memoryview) -> Content:
    import marshal

    names, frozen, profiles = marshal.loads(body)  # noqa: S302 - our own file, owner and digest checked
    parts: dict[str, tuple[str, ...]] = {}
    uses: dict[str, dict[str, tuple[str, ...]]] = {}

    def make(place: int) -> Check:
        plain, own_parts, own_uses = marshal.loads(frozen[place])  # noqa: S302 - the same
        parts.update(own_parts)
        uses.update(own_uses)
        return _check(plain)

    return Content(Catalogue(names, make), [_profile(one) for one in profiles], parts, uses)


def _text(plain: Any) -> Text:
    return Text(*plain)


def _check(plain: Any) -> Check:
    (id_, revision, title, rationale, severity, roles, platforms, remediation, controls, parameters, *rest) = plain
    replaced_by, area, path, digest, not_examined, complete, sentences, level = rest
    role, disruption, manual, steps = remediation
    return Check(
        id_,
        revision,
        _text(title),
        _text(rationale),
        Severity(severity),
        roles,
        {name: _block(block) for name, block in platforms.items()},
        Remediation(role, disruption, _text(manual), tuple((name, tuple(map(_step, own))) for name, own in steps)),
        controls,
        {name: _parameter(parameter) for name, parameter in parameters.items()},
        replaced_by,
        area,
        path,
        digest,
        tuple(map(_text, not_examined)),
        _text(complete),
        sentences,
        level,
    )


def _step(plain: Any) -> Step:
    return Step(_text(plain[0]), plain[1])


def _block(plain: Any) -> Block:
    query, applies, probe, privilege, when_empty, cross_check, fallback, *rest = plain
    return Block(
        query,
        Applies(applies[0], _text(applies[1])) if applies else None,
        probe,
        privilege,
        when_empty,
        cross_check,
        Fallback(*fallback) if fallback else None,
        _text(rest[0]) if rest and rest[0] else None,
    )


def _parameter(plain: Any) -> Parameter:
    name, kind, default, title, *rest = plain
    return Parameter(name, kind, _listed(default), _text(title), *rest)


def _listed(value: Any) -> Any:
    """Return a parameter's value with lists for the tuples of the frozen form."""
    return [_listed(v) for v in value] if isinstance(value, tuple) else value


def _profile(plain: Any) -> Profile:
    (name, title, takes, parents, only, exclude, severities, parameters, *rest) = plain
    return Profile(
        name,
        _text(title),
        _selector(takes),
        tuple(_profile(parent) for parent in parents),
        _selector(only),
        {check: _text(reason) for check, reason in exclude.items()},
        {check: Change(Severity(change[0]), _text(change[1])) for check, change in severities.items()},
        {check: {key: _listed(value) for key, value in given.items()} for check, given in parameters.items()},
        *rest,
    )


def _selector(plain: Any) -> Selector | None:
    if plain is None:
        return None
    all_, roles, areas, severity, *rest = plain
    return Selector(all_, roles, areas, tuple(Severity(one) for one in severity), *rest)
