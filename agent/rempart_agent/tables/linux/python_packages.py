"""Table python_packages: the packages of Python that are installed for all, and in users' own places.

Source: ``METADATA`` and ``PKG-INFO`` (core metadata of packages) in the ``*.dist-info`` and ``*.egg-info`` directories
anywhere below the places that osquery looks in, or below those that ``directory`` names; users are those that ``uid``
names, else the one that runs. Where osquery drops a value that holds a colon, and reads on into the description, the
values of the header are told whole here, and nothing else. A package without its file is a row without a name.
"""

import stat
from typing import Dict, Iterator, List, Tuple

from rempart_agent.readers.files import account, pattern
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT),
    Column("uid", BIGINT, index=True, argument=True),
    Column("version", TEXT, collate="version"),
    Column("summary", TEXT),
    Column("author", TEXT),
    Column("license", TEXT),
    Column("path", TEXT),
    Column("directory", TEXT, index=True, argument=True),
    Column("pid_with_namespace", INTEGER, hidden=True),
)
PLACES = (
    "/Library/Python/%/site-packages",
    "/opt/anaconda3/lib/python%/site-packages",
    "/opt/conda/lib/python%/dist-packages",
    "/opt/conda/lib/python%/site-packages",
    "/opt/homebrew/lib/python%/dist-packages",
    "/opt/homebrew/lib/python%/site-packages",
    "/opt/miniconda3/lib/python%/site-packages",
    "/usr/lib/python%/dist-packages",
    "/usr/lib/python%/site-packages",
    "/usr/local/lib/python%/dist-packages",
    "/usr/local/lib/python%/site-packages",
    "/usr/local/lib64/python%/site-packages",
)
HOME_PLACES = (
    ".asdf/installs/python",
    ".cache/pypoetry/virtualenvs",
    ".local/lib/python%",
    ".local/pipx/venvs",
    ".local/share/mise/installs/python",
    ".local/share/pipx/venvs",
    ".local/share/uv/tools",
    ".local/share/virtualenvs",
    ".pyenv/versions",
    ".virtualenvs",
    "anaconda3/envs",
    "anaconda3/lib/python%",
    "mambaforge/envs",
    "mambaforge/lib/python%",
    "miniconda3/envs",
    "miniconda3/lib/python%",
    "miniforge3/envs",
    "miniforge3/lib/python%",
)
_VERSIONED = "lib/python%/site-packages"
_FILES = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}
_FIELDS = {"Name": "name", "Version": "version", "Summary": "summary", "Author": "author", "License": "license"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each package."""
    asked = query.equal("directory")
    if asked is not None:
        for folder in asked:
            yield from _below(target, folder, 0)
        return
    for folder in sorted({one for place in PLACES for one in _folders(target, place)}):
        yield from _below(target, folder, 0)
    for uid, folder in _homes(target, query):
        yield from _below(target, folder, uid)


def _homes(target: Target, query: Query) -> Iterator[Tuple[int, str]]:
    for uid, home in account.homes(target, query):
        for place in HOME_PLACES:
            start = home + "/" + place + "/"
            versions = [] if "%" in place else _versions(target, start)
            for folder in versions or _folders(target, start):
                yield uid, folder


def _versions(target: Target, start: str) -> List[str]:
    """Return the packages' folders of each version or environment that is no link."""
    found = []
    for folder in _folders(target, start + "%"):
        if not stat.S_ISLNK(target.lstat(folder.rstrip("/")).st_mode):
            found += _folders(target, folder + _VERSIONED)
    return found


def _folders(target: Target, place: str) -> List[str]:
    return [path for path in pattern.expand(target, [place]) if path.endswith("/")]


def _below(target: Target, folder: str, uid: int) -> Iterator[Row]:
    """Yield the packages anywhere below a folder; the folder is told as it was asked for."""
    if not folder.startswith("/") or "%" in folder:
        return
    for path in _folders(target, folder.rstrip("/") + "/%%"):
        path = path[:-1]
        file = _FILES.get(path[path.rfind(".") :])
        if file is None:
            continue
        row: Dict[str, "str | int"] = {}
        try:
            row.update(parse(target.text(path + "/" + file)))
        except (Missing, Loop):
            pass
        row.update(uid=uid, directory=folder, path=path)
        yield row


def parse(text: str) -> Dict[str, str]:
    """Return what the header of a package's metadata says; the first of a field that stands twice."""
    row: Dict[str, str] = {}
    for line in text.split("\n"):
        line = line.rstrip("\r")
        if not line:
            break
        key, colon, value = line.partition(":")
        if colon and key in _FIELDS:
            row.setdefault(_FIELDS[key], value.strip())
    return row
