"""Table os_version: the operating system's name and version.

Sources: ``/etc/os-release``, else ``/usr/lib/os-release`` (os-release(5)). Where ``/etc/redhat-release`` exists,
``platform`` is ``rhel`` whatever the distribution, as in osquery: ``name`` tells Rocky from Fedora. A version number
that is not given is 0. ``arch`` is that of the kernel that runs, also for a root filesystem.
"""

import os
import re
from typing import Dict, Optional

from rempart_agent.formats.line import BLANK, trimmed
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT),
    Column("version", TEXT, collate="version"),
    Column("major", INTEGER),
    Column("minor", INTEGER),
    Column("patch", INTEGER),
    Column("build", TEXT),
    Column("platform", TEXT),
    Column("platform_like", TEXT),
    Column("codename", TEXT),
    Column("arch", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
    Column("mount_namespace_id", TEXT, hidden=True),
)

SOURCES = ("/etc/os-release", "/usr/lib/os-release")
RELEASES = (("rhel", "/etc/redhat-release"), ("gentoo", "/etc/gentoo-release"))
_COLUMN_OF = {
    "NAME": "name",
    "VERSION": "version",
    "BUILD_ID": "build",
    "ID": "platform",
    "ID_LIKE": "platform_like",
    "VERSION_CODENAME": "codename",
    "VERSION_ID": "",
}
_RELEASE = re.compile(r"([\w+\s]+) .* ([0-9]+)\.([0-9]+)\.?(\w+)?", re.ASCII)


def rows(target: Target, query: Query) -> "list[Row]":
    """See Table.rows: the one row.

    Raises:
        Missing: there is no os-release, and no release file of the two that osquery knows.
    """
    text = _first(target, *SOURCES)
    for platform, path in RELEASES:
        release = _first(target, path)
        if release is not None:
            return [parse(text or "", release, platform)]
    if text is None:
        raise Missing("{sources}: does not exist", sources=SOURCES[0])
    return [parse(text)]


def _first(target: Target, *paths: str) -> Optional[str]:
    for path in paths:
        try:
            return target.text(path)
        except (Missing, Loop):
            continue
    return None


def parse(text: str, release: Optional[str] = None, platform: str = "") -> Dict[str, Value]:
    """Put the row together.

    Args:
        text: os-release.
        release: The content of the distribution's own release file, where there is one.
        platform: The platform that such a file stands for.
    """
    row: Dict[str, Value] = {
        "name": "Unknown",
        "major": "0",
        "minor": "0",
        "patch": "0",
        "platform": "posix",
        "arch": os.uname().machine,
    }
    for line in trimmed(text):
        _read_line(row, line)
    if release is not None:
        release = " ".join(release.split())
        row.update(platform=platform, platform_like=platform, version=release, build="")
        found = _RELEASE.search(release[:200])
        if found:
            row.update(name=found.group(1), major=found.group(2), minor=found.group(3), patch=found.group(4) or "0")
    return row


def _read_line(row: Dict[str, Value], line: str) -> None:
    """Take over one assignment of os-release, read as osquery does."""
    fields = [field.strip(BLANK) for field in line.split("=") if field]
    if len(fields) < 2:
        return
    key, value = fields[0], "=".join(fields[1:])
    column = _COLUMN_OF.get(key)
    if column is None:
        if "CODENAME" not in key:
            return
        column = "codename"  # UBUNTU_CODENAME and the like
    if value.startswith('"'):
        value = value[1:-1]
    if column:
        row[column] = value
    else:
        numbers = [number for number in value.split(".") if number]
        row.update(zip(("major", "minor"), numbers))
        if len(numbers) > 2:
            row["patch"] = ".".join(numbers[2:])
