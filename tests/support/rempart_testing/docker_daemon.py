"""What a Docker daemon holds: answers of the Engine API in the shape that Docker's source gives them.

Places in github.com/moby/moby: lists, ``json`` and errors ``api/swagger.yaml`` (ContainerSummary,
ContainerInspectResponse, ImageSummary, Network, Volume, SystemInfo, SystemVersion, ErrorResponse), their examples
``api/docs/v1.41.yaml``; ``top`` ``daemon/top_unix.go`` (parsePSOutput: the last column takes the rest); ``stats``
``api/types/container/stats.go``; filters ``daemon/list.go`` (ids by their beginning); a null for an empty list as Go's
``encoding/json`` writes it.
"""

from __future__ import annotations

import json
import os
from typing import Any

RUNNING = "8dfafdbc3a40" + "a" * 52
STOPPED = "9cd87474be90" + "b" * 52
BARE = "3176a2479c92" + "c" * 52
IMAGE = "ec3f0931a6e6b6855d76b2d7b0be30e81860baccd891b2e243280bf1cd8ad710"
UNTAGGED = "04c5d3b7b0656168630d3ba35d8889bd0e9caafcaeb3004d2bfbc47e7c5d35d2"
NETWORK = "f2de39df4171b0dc801e8002d1d999b77256983dfc63041c0f34030aa3977566"
NONE = "e086a3893b05ab69242d3c44e49483a3bbbd3a26b46baa8f61ab797c1088d794"


def _summary(name: str, identity: str, state: str, **more: Any) -> dict[str, Any]:
    summary = {
        "Id": identity,
        "Names": ["/" + name, "/other/" + name],
        "Image": "ubuntu:latest",
        "ImageID": "sha256:" + IMAGE,
        "Command": "echo --password hunter2",
        "Created": 1367854155,
        "State": state,
        "Status": "Up 2 minutes",
        "Ports": [],
        "Labels": {},
        "NetworkSettings": {"Networks": {}},
        "Mounts": [],
    }
    return {**summary, **more}


SUMMARIES = [
    _summary(
        "boring_feynman",
        RUNNING,
        "running",
        Ports=[
            {"IP": "127.0.0.1", "PrivatePort": 2222, "PublicPort": 3333, "Type": "tcp"},
            {"PrivatePort": 53, "Type": "udp"},
        ],
        Labels={"com.example.vendor": "Acme", "com.example.license": "GPL"},
        NetworkSettings={
            "Networks": {
                "bridge": {
                    "NetworkID": NETWORK,
                    "EndpointID": "2cdc4edb1ded",
                    "Gateway": "172.17.0.1",
                    "IPAddress": "172.17.0.2",
                    "IPPrefixLen": 16,
                    "IPv6Gateway": "",
                    "GlobalIPv6Address": "",
                    "GlobalIPv6PrefixLen": 0,
                    "MacAddress": "02:42:ac:11:00:02",
                }
            }
        },
        Mounts=[
            {
                "Type": "volume",
                "Name": "myvolume",
                "Source": "/var/lib/docker/volumes/myvolume/_data",
                "Destination": "/usr/share/nginx/html/",
                "Driver": "local",
                "Mode": "z",
                "RW": True,
                "Propagation": "",
            },
            {
                "Type": "bind",
                "Source": "/",
                "Destination": "/host",
                "Mode": "ro",
                "RW": False,
                "Propagation": "rprivate",
            },
        ],
    ),
    _summary("coolName", STOPPED, "exited", Labels={"stopped": "yes"}),
    _summary("sleepy_dog", BARE, "created", Names=None, Ports=None, Labels=None, Mounts=None, NetworkSettings=None),
]


def _inspected(summary: dict[str, Any], pid: int) -> dict[str, Any]:
    return {
        "Id": summary["Id"],
        "Path": "/bin/sh",
        "State": {"Pid": pid, "StartedAt": "2015-01-06T15:47:32.072697474Z", "FinishedAt": "2015-01-06T15:48:32.1Z"},
        "HostConfig": {
            "Privileged": bool(pid),
            "ReadonlyRootfs": not pid,
            "SecurityOpt": ["label=disable", "seccomp=unconfined"] if pid else None,
        },
        "Config": {
            "Entrypoint": ["/bin/sh", "-c"] if pid else None,
            "Env": ["PATH=/usr/sbin:/usr/bin", "TOKEN=a=b", "EMPTY=", "BARE"] if pid else None,
        },
    }


PROCESS = [
    *("13642", "S", "0", "0", "0", "0", "0", "0", "3472", "18200", "01:12:13", "882", "13642", "1", "-5", "root"),
    *("00:00:00", "0.1", "12.5", "bash", "/bin/bash -c echo hunter2"),
]
STATS = {
    "name": "/boring_feynman",
    "read": "2015-01-08T22:57:31.547920715Z",
    "preread": "2015-01-08T22:57:30.547920711Z",
    "num_procs": 0,
    "pids_stats": {"current": 3},
    "networks": {"eth0": {"rx_bytes": 5338, "tx_bytes": 648}, "eth5": {"rx_bytes": 4641, "tx_bytes": 690}},
    "memory_stats": {
        "stats": {"cache": 7, "inactive_file": 8, "total_inactive_file": 9},
        "max_usage": 6651904,
        "usage": 6537216,
        "limit": 67108864,
    },
    "blkio_stats": {
        "io_service_bytes_recursive": [
            {"major": 8, "minor": 0, "op": "Read", "value": 100},
            {"major": 8, "minor": 0, "op": "Write", "value": 20},
            {"major": 8, "minor": 16, "op": "read", "value": 3},
        ]
    },
    "cpu_stats": {
        "cpu_usage": {"usage_in_usermode": 50000000, "total_usage": 100215355, "usage_in_kernelmode": 30000000},
        "system_cpu_usage": 739306590000000,
        "online_cpus": 4,
    },
    "precpu_stats": {
        "cpu_usage": {"usage_in_usermode": 49999999, "total_usage": 100093996, "usage_in_kernelmode": 29999999},
        "system_cpu_usage": 9492140000000,
        "online_cpus": 4,
    },
}
INFO = {
    "ID": "7TRN:IPZB:QYBB:VPBQ:UMPP:KARE:6ZNR:XE6T:7EWV:PKF4:ZOJD:TPYS",
    "Containers": 14,
    "ContainersRunning": 3,
    "ContainersPaused": 1,
    "ContainersStopped": 10,
    "Images": 508,
    "Driver": "overlay2",
    "DockerRootDir": "/var/lib/docker",
    "MemoryLimit": True,
    "SwapLimit": False,
    "CpuCfsPeriod": True,
    "CpuCfsQuota": True,
    "CPUShares": True,
    "CPUSet": True,
    "OomKillDisable": False,
    "IPv4Forwarding": True,
    "BridgeNfIptables": True,
    "BridgeNfIp6tables": False,
    "LoggingDriver": "json-file",
    "CgroupDriver": "systemd",
    "KernelVersion": "4.9.38-moby",
    "OperatingSystem": "Alpine Linux v3.5",
    "OSType": "linux",
    "Architecture": "x86_64",
    "NCPU": 4,
    "MemTotal": 2095882240,
    "HttpProxy": "http://user:hunter2@proxy.example.com:8080",
    "HttpsProxy": "",
    "NoProxy": "*.local, 169.254/16",
    "Name": "node5.example.com",
    "ServerVersion": "20.10.25",
}
VERSION = {
    "Version": "19.03.12",
    "ApiVersion": "1.40",
    "MinAPIVersion": "1.12",
    "GitCommit": "48a66213fe",
    "GoVersion": "go1.13.14",
    "Os": "linux",
    "Arch": "amd64",
    "KernelVersion": "4.19.76-linuxkit",
    "BuildTime": "2020-06-22T15:49:27.000000000+00:00",
}
IMAGES = [
    {
        "Id": "sha256:" + IMAGE,
        "RepoTags": ["example:1.0", "example:latest"],
        "Created": 1644009612,
        "Size": 172064416,
        "Labels": {"com.example.some-label": "some-value"},
    },
    {"Id": "sha256:" + UNTAGGED, "RepoTags": None, "Created": 1, "Size": 0, "Labels": None},
]
HISTORY = [
    {
        "Id": "<missing>",
        "Created": 1398108230,
        "CreatedBy": "/bin/sh -c #(nop) ADD file:eb15 in /",
        "Tags": ["ubuntu:lucid", "ubuntu:10.04"],
        "Size": 182964289,
        "Comment": "",
    },
    {
        "Id": "511136ea3c5a",
        "Created": 1371157430,
        "CreatedBy": "",
        "Tags": None,
        "Size": 0,
        "Comment": "Imported from -",
    },
]
NETWORKS = [
    {
        "Name": "bridge",
        "Id": NETWORK,
        "Created": "2016-10-19T06:21:00.416543526Z",
        "Driver": "bridge",
        "EnableIPv6": False,
        "IPAM": {
            "Driver": "default",
            "Config": [{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}, {"Subnet": "x"}],
        },
        "Labels": {"net": "work"},
    },
    {
        "Name": "none",
        "Id": NONE,
        "Created": "2016-10-19T00:00:00Z",
        "Driver": "null",
        "EnableIPv6": True,
        "IPAM": {"Driver": "default", "Config": []},
        "Labels": {},
    },
]
VOLUMES = [
    {
        "Name": "tardis",
        "Driver": "custom",
        "Mountpoint": "/var/lib/docker/volumes/tardis",
        "Labels": {"com.example.some-label": "some-value"},
        "Options": {"device": "tmpfs", "o": "size=100m,uid=1000", "type": "tmpfs"},
    },
    {"Name": "plain", "Driver": "local", "Mountpoint": "/m", "Labels": {}, "Options": None},
]


def answer(path: str, query: dict[str, str]) -> tuple[int, Any]:
    """Answer a GET as the daemon does.

    Args:
        path: The resource.
        query: What stands behind the question mark.
    """
    listed = [one for one in SUMMARIES if "all" in query or one["Id"] == RUNNING]
    lists: dict[str, Any] = {
        "/version": VERSION,
        "/info": INFO,
        "/images/json": IMAGES,
        "/networks": _filtered(NETWORKS, "id", query),
        "/volumes": {"Volumes": _filtered(VOLUMES, "name", query), "Warnings": None},
        "/containers/json": _filtered(listed, "id", query),
    }
    if path in lists:
        return 200, lists[path]
    kind, name, what = [*path.strip("/").split("/"), "", ""][:3]
    if kind == "containers":
        return _of_container([one for one in SUMMARIES if name and one["Id"].startswith(name)], name, what)
    images = [one for one in (IMAGE, UNTAGGED) if kind == "images" and name and one.startswith(name)]
    if images and what == "history":
        return 200, HISTORY
    if images and what == "json":
        return 200, {"Id": images[0], "RootFS": {"Type": "layers", "Layers": ["sha256:1834", "sha256:5f70"]}}
    return 404, {"message": f"No such image: {name}"}


def _of_container(found: list[dict[str, Any]], name: str, what: str) -> tuple[int, Any]:
    if not found:
        return 404, {"message": f"No such container: {name}"}
    running = found[0]["Id"] == RUNNING
    answers: dict[str, Any] = {
        "json": _inspected(found[0], os.getpid() if running else 0),
        "changes": [{"Path": "/dev", "Kind": 0}, {"Path": "/dev/kmsg", "Kind": 1}, {"Path": "/x", "Kind": 2}],
        "stats": STATS,
    }
    if what == "top":
        return (200, {"Titles": [], "Processes": [PROCESS]}) if running else (409, {"message": "is not running"})
    return (200, answers[what]) if what in answers else (404, {"message": "page not found"})


def _filtered(objects: list[dict[str, Any]], key: str, query: dict[str, str]) -> list[dict[str, Any]]:
    wanted = json.loads(query.get("filters", "{}")).get(key)
    if not wanted:
        return objects
    return [one for one in objects if any(one[key.capitalize()].startswith(name) for name in wanted)]
