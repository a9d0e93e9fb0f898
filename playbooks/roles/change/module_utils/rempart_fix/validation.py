"""Whether a program takes a file before it is put into its place: by a name, never by a command."""

import os
import tempfile
from collections import Counter
from typing import Dict, List, Optional, Tuple

from .contract import Refusal
from .sight import Sight

PROGRAMS: Dict[str, List[str]] = {
    "aide": ["aide", "--config-check", "--config", "{}"],
    "fstab": ["findmnt", "--verify", "--tab-file", "{}"],
    "visudo": ["/usr/sbin/visudo", "-cf", "{}"],
    "sshd": ["/usr/sbin/sshd", "-t", "-f", "{}"],
    "nft": ["/usr/sbin/nft", "-c", "-f", "{}"],
    "rsyslog": ["/usr/sbin/rsyslogd", "-N1", "-f", "{}"],
    "logrotate": ["/usr/sbin/logrotate", "-d", "{}"],
    "sh": ["/bin/sh", "-n", "{}"],
    "testparm": ["/usr/bin/testparm", "-s", "{}"],
    "xmllint": ["/usr/bin/xmllint", "--noout", "{}"],
}
"""What is run, with the path of the file for ``{}``."""
_MISSING = 127
_COMPARED = {"fstab": "[E]"}
"""Programs that may have complained before, about what others wrote: only what is new of such lines counts."""


def validate(name: Optional[str], path: str, data: bytes, sight: Sight) -> None:
    """Let a program read what is to be written.

    Raises:
        Refusal: It does not take it, or it is not there.
    """
    if not name or _is_coming(PROGRAMS[name][0], sight):
        return
    status, said = _try(name, path, data, sight)
    if status == _MISSING and sight.planned("package", "all"):
        return  # in check mode; it comes with the packages
    if status == 1 and name in _COMPARED and (old := sight.read(path)) is not None:
        new = _complaints(name, said) - _complaints(name, _try(name, path, old, sight)[1])
        status, said = (1, " / ".join(new)) if new else (0, "")
    if status:
        last = said.strip()[-300:]
        raise Refusal(f"{name} does not take {path}: {last}", f"{name} refuse {path}\u00a0: {last}")


def _complaints(name: str, said: str) -> "Counter[str]":
    return Counter(line.strip() for line in said.splitlines() if _COMPARED[name] in line)


def _try(name: str, path: str, data: bytes, sight: Sight) -> Tuple[int, str]:
    where = "/run" if os.path.isdir(sight.place.at("/run")) else "/tmp"  # noqa: S108
    with tempfile.TemporaryDirectory(prefix="rempart-", dir=sight.place.at(where)) as folder:
        file = os.path.join(folder, os.path.basename(path))
        with open(file, "wb") as opened:
            opened.write(data)
        os.chmod(file, 0o600)
        inside = file if sight.place.root == "/" else "/" + os.path.relpath(file, sight.place.root)
        status, said = _run(name, inside, sight)
    return status, said.replace(inside, path)


def _is_coming(program: str, sight: Sight) -> bool:
    """Tell whether a program comes by packages of the same fix: in check mode it can't be asked yet."""
    return bool(sight.planned("package", "all")) and not os.path.exists(sight.place.at(program))


def _run(name: str, file: str, sight: Sight) -> Tuple[int, str]:
    words = [file if word == "{}" else word for word in PROGRAMS[name]]
    return sight.place.run(words, 30)
