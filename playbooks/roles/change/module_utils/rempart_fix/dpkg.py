"""The packages of dpkg: how they stand, the lock of those who change them, and why that can't be done now."""

import fcntl
import gzip
import hashlib
import os
import re
import struct
import time
from contextlib import contextmanager
from typing import Dict, Iterator, List, NamedTuple

from . import calls, exchange
from .contract import Refusal
from .paths import in_french
from .place import Place
from .pwdlock import describe_process

WAIT = 60.0
"""Seconds that others who change packages are waited for."""
LOCK = "/var/lib/dpkg/lock-frontend"
LOGS = "/var/log"
_PRETENDED = "package "  # no path begins so
_THERE = "installed"
_FORMAT = "${Package}\\t${db:Status-Want}\\t${db:Status-Status}\\t${Version}\\t${Conffiles}\\n.\\n"


class Standing(NamedTuple):
    """How a package stands.

    Attributes:
        want: ``install``, ``hold``, ``deinstall`` …
        status: ``installed``, ``config-files``, ``half-configured`` …
        version: Its version.
        conffiles: The MD5 that dpkg noted of each file of its configuration, by path.
    """

    want: str
    status: str
    version: str
    conffiles: Dict[str, str]

    @property
    def there(self) -> bool:
        """Tell whether files of it are there, configured or not."""
        return self.status not in ("not-installed", "config-files", "")


ABSENT = Standing("", "not-installed", "", {})


def read_standing(said: str) -> Dict[str, Standing]:
    """Understand what dpkg-query says by our format."""
    found: Dict[str, Standing] = {}
    for words in re.findall(r"(?ms)^([^\t\n]+)\t([^\t\n]*)\t([^\t\n]*)\t([^\t\n]*)\t(.*?)^\.$", said):
        if words[0] not in found or words[2] == "installed":  # one of several architectures
            files = dict(re.findall(r"(?m)^ (/\S*) ([0-9a-f]{32})$", words[4]))
            found[words[0]] = Standing(words[1], words[2], words[3], files)
    return found


def query(place: Place, names: List[str]) -> Dict[str, Standing]:
    """Return how packages stand; those that dpkg does not know are left out.

    In a dry run that is how they would stand by the acts that are undone so far.
    """
    _, said = place.run(["dpkg-query", "-W", "-f", _FORMAT, *names]) if names else (0, "")
    found = {name: one for name, one in read_standing(said).items() if name in names}
    for name in names:
        pretended = place.pretended.get(_PRETENDED + name)
        if pretended:
            found[name] = found.get(name, ABSENT)._replace(**pretended)
    return {name: one for name, one in found.items() if one.status != "not-installed"}


def list_pretended(place: Place) -> List[str]:
    """Return the packages that a dry run took for removed so far."""
    found = [name for name, one in place.pretended.items() if name.startswith(_PRETENDED) and one["status"] != _THERE]
    return sorted(name[len(_PRETENDED) :] for name in found)


def pretend_removal(place: Place, packages: Dict[str, Standing]) -> None:
    """Have packages and their files stand as a removal would leave them."""
    for name, one in packages.items():
        status = "config-files" if one.conffiles or has_postrm(place, name) else "not-installed"
        place.pretended[_PRETENDED + name] = {"status": status}
        _, said = place.run(["dpkg-query", "-L", name])
        _pretend_gone(place, [path for path in said.splitlines() if path not in one.conffiles])


def pretend_purge(place: Place, name: str, one: Standing) -> None:
    """Have a package stand as a purge would leave it."""
    place.pretended[_PRETENDED + name] = {"status": "not-installed"}
    _pretend_gone(place, list(one.conffiles))


def _pretend_gone(place: Place, paths: List[str]) -> None:
    for path in paths:
        real = place.at(path)
        if path.startswith("/") and (os.path.islink(real) or os.path.isfile(real)):
            place.pretended[path] = calls.ABSENT
            place.gone.add(path)


def pretend_return(place: Place, versions: Dict[str, str]) -> None:
    """Have packages stand as an installation would leave them."""
    for name, version in versions.items():
        place.pretended[_PRETENDED + name] = {"status": _THERE, "version": version}


def find_obstacle(place: Place) -> None:
    """Look for what keeps packages from being changed at all.

    Raises:
        Refusal: dpkg was cut off, or its folders can't be written to; with what it is.
    """
    gone = list_pretended(place)  # what a dry run has taken away so far would be whole again, and the journal read
    pending = [name for name in _names(place.at("/var/lib/dpkg/updates")) if name.isdigit() and not gone]
    _, said = place.run(["dpkg", "--audit"])
    broken = [name for name in dict.fromkeys(re.findall(r"(?m)^ (\S+) ", said)) if name not in gone]
    if pending or broken:
        names = " ".join(broken)
        raise Refusal(
            f"dpkg was cut off before ({names or 'journal'}): run dpkg --configure -a first",
            f"dpkg a été interrompu auparavant ({names or 'journal'})\u00a0: lancez d’abord dpkg --configure -a",
        )
    find_read_only(place)


def find_read_only(place: Place) -> None:
    """Look whether a folder that packages change can't be written to.

    Raises:
        Refusal: One can't; with which.
    """
    for folder in ("/var/lib/dpkg", "/usr", "/etc", "/var/cache/apt"):
        if os.path.isdir(place.at(folder)) and os.statvfs(place.at(folder)).f_flag & os.ST_RDONLY:
            raise Refusal(f"{folder} is read-only", f"{folder} est en lecture seule")


def _names(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


@contextmanager
def hold(place: Place) -> Iterator[None]:
    """Hold the lock that apt and its like take before dpkg; dpkg is told by ``DPKG_FRONTEND_LOCKED``.

    Raises:
        Refusal: Somebody else holds it all the time; with who it is.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        handle = os.open(place.at(LOCK), flags, 0o640)
    except OSError as error:
        raise Refusal(f"{LOCK}: {error.strerror}", f"{LOCK}\u00a0: {in_french(error)}") from error
    try:
        until = time.monotonic() + WAIT
        while True:
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except (BlockingIOError, PermissionError):
                if time.monotonic() > until:
                    raise locked(place) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def find_holder(place: Place) -> str:
    """Return who holds the lock of those who change packages; ``""`` for nobody."""
    for path in (LOCK, "/var/lib/dpkg/lock", "/var/cache/apt/archives/lock"):
        try:
            handle = os.open(place.at(path), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
            kind, _, _, _, process = struct.unpack("hhqqi4x", fcntl.fcntl(handle, fcntl.F_GETLK, asked))
        finally:
            os.close(handle)
        if kind != fcntl.F_UNLCK:
            return describe_process(process)
    return ""


def locked(place: Place) -> Refusal:
    """Return that somebody else changes packages, and who."""
    who = find_holder(place) or "?"
    return Refusal(
        f"packages are being changed by {who}, for more than {WAIT:.0f} s",
        f"les paquets sont modifiés par {who}, depuis plus de {WAIT:.0f} s",
    )


def read_logs(place: Place, name: str) -> str:
    """Return a log and the two that were rotated before it, oldest first."""
    folder, texts = place.at(LOGS), []
    for end in (".2.gz", ".2", ".1.gz", ".1", ""):
        try:
            with open(os.path.join(folder, name + end), "rb") as file:
                data = file.read()
        except OSError:
            continue
        texts.append((gzip.decompress(data) if end.endswith(".gz") else data).decode("utf-8", "replace"))
    return "\n".join(texts)


def find_edited(place: Place, one: Standing) -> List[str]:
    """Return a package's files of configuration that are neither as it brought them nor gone."""
    found = []
    for path, digest in one.conffiles.items():
        try:
            if hashlib.md5(exchange.read(place, path)).hexdigest() != digest:  # noqa: S324  # it is dpkg's
                found.append(path)
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            found.append(path)
    return found


def has_postrm(place: Place, name: str) -> bool:
    """Tell whether a package has a script that runs when it is purged."""
    folder = place.at("/var/lib/dpkg/info")
    return any(re.match(rf"{re.escape(name)}(:\S+)?\.postrm\Z", one) for one in _names(folder))
