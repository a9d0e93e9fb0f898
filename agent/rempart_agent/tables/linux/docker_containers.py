"""Table docker_containers: the containers of Docker.

Source: Docker's Engine API, ``/containers/json`` and each container's ``json``; namespaces from ``/proc``. As in
osquery, those that do not run are told of where the statement names an ``id``.
"""

from typing import Dict, Iterator

from rempart_agent.formats.json_document import flag, items, mapping, number, text, words
from rempart_agent.readers.files import proc
from rempart_agent.readers.services import docker
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("id", TEXT, index=True, argument=True, collate="nocase"),
    Column("name", TEXT, index=True),
    Column("image", TEXT),
    Column("image_id", TEXT, collate="nocase"),
    Column("command", TEXT, command=True),
    Column("created", BIGINT),
    Column("state", TEXT),
    Column("status", TEXT),
    Column("pid", BIGINT),
    Column("path", TEXT),
    Column("config_entrypoint", TEXT, command=True),
    Column("started_at", TEXT),
    Column("finished_at", TEXT),
    Column("privileged", INTEGER),
    Column("security_options", TEXT),
    Column("env_variables", TEXT, secret=True),
    Column("readonly_rootfs", INTEGER),
    Column("cgroup_namespace", TEXT),
    Column("ipc_namespace", TEXT),
    Column("mnt_namespace", TEXT),
    Column("net_namespace", TEXT),
    Column("pid_namespace", TEXT),
    Column("user_namespace", TEXT),
    Column("uts_namespace", TEXT),
)
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each container.

    Raises:
        SourceError: Docker does not answer, or refuses.
    """
    for name, container in docker.containers(target, "docker_containers", query):
        row: Dict[str, Value] = {
            "id": name,
            "name": words(items(container.get("Names"))[:1], ""),
            "image": text(container.get("Image")),
            "image_id": docker.bare(text(container.get("ImageID"))),
            "command": text(container.get("Command")),
            "created": number(container.get("Created")),
            "state": text(container.get("State")),
            "status": text(container.get("Status")),
        }
        told = docker.detail(target, "docker_containers", container)
        if told is not None:
            row.update(_detailed(told, row["state"] == "running"))
            pid = row["pid"]
            if isinstance(pid, int) and pid > 0:
                for kind in _NAMESPACES:
                    row[kind + "_namespace"] = proc.namespace(target, str(pid), kind)
        yield row


def _detailed(told: docker.Object, running: bool) -> Dict[str, Value]:
    state, host, config = (mapping(told.get(key)) for key in ("State", "HostConfig", "Config"))
    return {
        "pid": number(state.get("Pid")),
        "started_at": text(state.get("StartedAt")),
        "finished_at": "" if running else text(state.get("FinishedAt")),
        "privileged": flag(host.get("Privileged")),
        "readonly_rootfs": flag(host.get("ReadonlyRootfs")),
        "path": text(told.get("Path")),
        "config_entrypoint": words(config.get("Entrypoint"), ", "),
        "security_options": words(host.get("SecurityOpt"), ", "),
        "env_variables": words(config.get("Env"), ", "),
    }
