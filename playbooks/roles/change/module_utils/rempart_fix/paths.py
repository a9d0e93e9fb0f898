"""Paths of the endpoint: links on the way are followed once, when a spec is resolved, and never when it is done."""

import errno
import os
import stat
from typing import List, Set, Union

from .contract import Moved, Refusal, Text
from .place import Place

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def find_real(place: Place, path: str, *, last: bool = True, guarded: bool = False) -> str:
    """Return the path without links on it, below the place's root.

    Args:
        place: Of the change.
        path: An absolute path.
        last: Whether a link at its end is followed too.
        guarded: Whether only root's links are followed, in folders in which root alone writes.

    Raises:
        Refusal: It is no absolute path, its links go round in circles, or another account could have laid one.
    """
    if not path.startswith("/") or "\0" in path:
        raise Refusal(f"{path!r} is no absolute path", f"{path!r} n’est pas un chemin absolu")
    rest: List[str] = os.path.normpath(path).lstrip("/").split("/")
    real, hops = "/", 0
    while rest:
        name = rest.pop(0)
        if name in ("", "."):
            continue
        if name == "..":
            real = os.path.dirname(real)
            continue
        step = os.path.join(real, name)
        if (rest or last) and os.path.islink(encode(place.at(step))):
            if guarded and not (is_guarded(place, step) and os.lstat(encode(place.at(step))).st_uid in _trusted()):
                raise Refusal(
                    f"{path}: {step} is a link that others than root could have laid",
                    f"{path}\u00a0: {step} est un lien que d’autres que root ont pu poser",
                )
            hops += 1
            if hops > 40:
                raise Refusal(f"{path}: links in circles", f"{path}\u00a0: des liens tournent en rond")
            to = decode(os.readlink(place.at(step)))
            if to.startswith("/"):
                real = "/"
            rest = to.strip("/").split("/") + rest
            continue
        real = step
    return real


def is_guarded(place: Place, path: str) -> bool:
    """Tell whether root alone can put something else in the place of a path, which has no links."""
    owners = _trusted()
    folder = os.path.dirname(path)
    while _is_guarded(encode(place.at(folder)), owners):
        if folder == "/":
            return True
        folder = os.path.dirname(folder)
    return False


def _trusted() -> Set[int]:
    return {0, os.geteuid()}


def _is_guarded(folder: bytes, owners: Set[int]) -> bool:
    try:
        found = os.lstat(folder)
        listed = any(name.startswith("system.posix_acl") for name in os.listxattr(folder, follow_symlinks=False))
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            return False
        listed = False
    return found.st_uid in owners and not found.st_mode & 0o022 and not listed


def encode(path: str) -> bytes:
    """Return the bytes of a path, whatever the locale: a record is written and read under different ones."""
    return path.encode("utf-8", "surrogateescape")


def decode(name: str) -> str:
    """Return a name that the system gave, as records hold it: bytes that are no UTF-8 stand for themselves."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def printable(path: str) -> str:
    """Return a path as it can be shown: bytes that are no UTF-8, and signs that move the cursor, are escaped."""
    text = encode(path).decode("utf-8", "backslashreplace") if not path.isascii() else path
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def open_folder(place: Place, folder: str) -> int:
    """Open a folder by its real path; a link that somebody has put there meanwhile is not followed.

    Raises:
        Moved: A link stands on the way.
        OSError: It is not there.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(place.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in [part for part in folder.split("/") if part]:
            try:
                inner = os.open(encode(name), flags, dir_fd=handle)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(handle, name):
                    raise Moved(f"{folder} has become a link", f"{folder} est devenu un lien") from error
                raise
            os.close(handle)
            handle = inner
    except BaseException:
        os.close(handle)
        raise
    return handle


def _is_link(folder: int, name: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(encode(name), dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


FRENCH = {
    errno.EACCES: "accès refusé",
    errno.EBUSY: "périphérique ou ressource occupé",
    errno.EEXIST: "le fichier existe déjà",
    errno.EFBIG: "fichier trop grand",
    errno.EINVAL: "argument invalide",
    errno.EIO: "erreur d’entrée/sortie",
    errno.EISDIR: "c’est un dossier",
    errno.ELOOP: "trop de niveaux de liens symboliques",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENAMETOOLONG: "nom de fichier trop long",
    errno.ENODEV: "périphérique inexistant",
    errno.ENOENT: "fichier ou dossier inexistant",
    errno.ENOMEM: "mémoire insuffisante",
    errno.ENOSPC: "plus de place sur le disque",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.ENOTEMPTY: "le dossier n’est pas vide",
    errno.EOPNOTSUPP: "opération non prise en charge",
    errno.EPERM: "accès refusé",
    errno.EROFS: "système de fichiers en lecture seule",
    errno.ETXTBSY: "le programme est en cours d’exécution",
    errno.EXDEV: "lien entre systèmes de fichiers impossible",
}
"""Why a call failed, by its number: the words of ``rempart_core.messages.fr.system``."""


def in_french(error: OSError) -> str:
    """Return in French why a call failed; in the system's own words where it is not one of the usual reasons."""
    return FRENCH.get(error.errno or 0, os.strerror(error.errno or 0))


def find_words(error: Union[Refusal, OSError], path: str) -> Text:
    """Return why something can't be done, in words; a disk that says so without naming a file failed on ``path``."""
    if isinstance(error, Refusal):
        return error.text
    name = str(error.filename or "")
    if error.errno not in _DISK:
        return str(error), f"{printable(name)}\u00a0: {in_french(error)}" if name else in_french(error)
    return explain(error, name if name.startswith("/") else path).text


def explain(error: OSError, path: str) -> Refusal:
    """Return why a path can't be written, in words."""
    words = {
        errno.ENOSPC: ("no space is left on the device", "plus de place sur le disque"),
        errno.EDQUOT: ("the quota is used up", "le quota est épuisé"),
        errno.EROFS: ("the file system is read-only", "le système de fichiers est en lecture seule"),
        errno.EPERM: (
            "not permitted; it or its folder may be immutable (lsattr)",
            "non permis\u202f; lui ou son dossier est peut-être immuable (lsattr)",
        ),
        errno.EACCES: ("access denied", "accès refusé"),
        errno.ENOENT: ("its folder is not there", "son dossier n’existe pas"),
        errno.ENOTDIR: ("its folder is not one", "son dossier n’en est pas un"),
        errno.EIO: ("the disk reports an error", "le disque signale une erreur"),
    }
    path = printable(path)
    en, fr = words.get(error.errno or 0, (os.strerror(error.errno or 0), in_french(error)))
    return Refusal(f"{path}: {en}", f"{path}\u00a0: {fr}")
