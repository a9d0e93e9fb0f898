"""Table docker_version: the version of Docker.

Source: Docker's Engine API, ``/version``.
"""

from typing import Iterator

from rempart_agent.formats.json_document import texts
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("version", TEXT, collate="version"),
    Column("api_version", TEXT, collate="version"),
    Column("min_api_version", TEXT, collate="version"),
    Column("git_commit", TEXT),
    Column("go_version", TEXT, collate="version"),
    Column("os", TEXT),
    Column("arch", TEXT),
    Column("kernel_version", TEXT, collate="version"),
    Column("build_time", TEXT),
)
_KEYS = {
    "version": "Version",
    "api_version": "ApiVersion",
    "min_api_version": "MinAPIVersion",
    "git_commit": "GitCommit",
    "go_version": "GoVersion",
    "os": "Os",
    "arch": "Arch",
    "kernel_version": "KernelVersion",
    "build_time": "BuildTime",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the one row.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    told = docker.one(docker.get(target, "docker_version", "/version"))
    yield texts(told, _KEYS)
