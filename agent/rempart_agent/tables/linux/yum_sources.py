"""Table yum_sources: the package repositories of yum and dnf.

Sources: the sections of ``/etc/yum.conf`` other than ``main``, and the ``*.repo`` files of its ``reposdir``, else of
the directories that dnf.conf(5) names. Values are as written, continued lines joined with a space. A file that yum
could not parse raises: repositories of it would go unseen.
"""

from typing import Dict, Iterator, List

from rempart_agent.formats.repo_file import FOLDERS, parse
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
CONFIGURATION = "/etc/yum.conf"
OPTIONS = ("name", "baseurl", "mirrorlist", "metalink", "enabled", "gpgcheck", "gpgkey")
COLUMNS = (
    Column("source", TEXT),
    Column("name", TEXT),
    Column("baseurl", TEXT),
    Column("mirrorlist", TEXT),
    Column("metalink", TEXT),
    Column("enabled", TEXT),
    Column("gpgcheck", TEXT),
    Column("gpgkey", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each repository."""
    folders: List[str] = []
    for section, options in _sections(target, CONFIGURATION):
        if section == "main":
            folders = options.get("reposdir", "").replace(",", " ").split()
        else:
            yield _row(CONFIGURATION, options)
    for folder in folders or FOLDERS:
        for path in _files(target, folder):
            for section, options in _sections(target, path):
                if section != "main":
                    yield _row(path, options)


def _row(path: str, options: Dict[str, str]) -> Row:
    row: Dict[str, Value] = {name: options[name] for name in OPTIONS if name in options}
    row["source"] = path
    return row


def _files(target: Target, folder: str) -> List[str]:
    try:
        folder = target.realpath(folder).rstrip("/")
        names = target.entries(folder or "/")
    except (Missing, Loop):
        return []
    return [
        folder + "/" + name
        for name, kind in names
        if name.endswith(".repo") and not name.startswith(".") and kind != "directory"
    ]


def _sections(target: Target, path: str) -> "Iterator[tuple[str, Dict[str, str]]]":
    try:
        text = target.text(path)
    except (Missing, Loop):
        return iter(())
    return iter(parse(text, path).items())
