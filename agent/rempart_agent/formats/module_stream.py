"""Which packages of a repository are part of which module stream: ``modules.yaml`` of dnf, as far as RHEL 8 and 9 go.

Source: "modulemd version 2": documents parted by ``---``, each with ``name`` and ``stream`` under ``data`` and its
packages under ``artifacts``. The files are written by libmodulemd alone, in one form, so lines are read, not YAML.
"""

import re
from typing import Container, Dict, Iterable, Iterator, Set

from rempart_agent.source.contract import Malformed

MARK = ".module"
"""Stands in the release of each package of a module (``1.module+el8``, ``1.module_el8``, ``1.module_f33``)."""

_VALUE = re.compile(r"  (name|stream): *(['\"]?)(.*?)\2 *$")
_PACKAGE = re.compile(r" +- (\S+)-([^\s-]+)-([^\s-]+)\.([^\s.-]+) *$")


def streams(parts: Iterable[bytes], names: Container[str], path: str = "modules.yaml") -> Dict[str, Set[str]]:
    """Return the module streams that some packages are part of.

    Args:
        parts: The file.
        names: The names of packages that are wanted.
        path: Its name, for errors.

    Returns:
        ``name-version.arch`` (with epoch where it is not 0) to ``name:stream``, once or more.

    Raises:
        Malformed: no module is described in it.
    """
    found: Dict[str, Set[str]] = {}
    known = False
    document = section = ""
    values: Dict[str, str] = {}
    for line in _lines(parts, path):
        if line.startswith("---"):
            document = section = ""
            values = {}
        elif line.startswith("document:"):
            document = line.partition(":")[2].strip()
            known = known or document.startswith("modulemd")
        elif document != "modulemd" or not line.startswith("  "):
            continue
        elif line[2] not in " -":
            section = line.strip()
            value = _VALUE.match(line)
            if value:
                values[value.group(1)] = value.group(3)
        elif section == "artifacts:":
            package = _PACKAGE.match(line)
            if package and package.group(1) in names:
                name, version, release, arch = package.groups()
                epoch, _, plain = version.rpartition(":")
                key = "{}-{}{}-{}.{}".format(name, epoch + ":" if epoch.strip("0") else "", plain, release, arch)
                found.setdefault(key, set()).add("{}:{}".format(values.get("name", ""), values.get("stream", "")))
    if not known:
        raise Malformed("{path}: no description of a module", path=path)
    return found


def _lines(parts: Iterable[bytes], path: str) -> Iterator[str]:
    rest = b""
    for part in parts:
        lines = (rest + part).split(b"\n")
        rest = lines.pop()
        if len(rest) > 1 << 20:
            raise Malformed("{path}: a line beyond all measure", path=path)
        for line in lines:
            yield line.decode("utf-8", "replace")
    yield rest.decode("utf-8", "replace")
