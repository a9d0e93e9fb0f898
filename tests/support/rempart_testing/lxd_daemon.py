"""What an LXD daemon holds: answers as ``doc/rest-api.yaml`` of github.com/canonical/lxd has them.

``/1.0/containers`` is there up to LXD 6.6 (its release notes of 6.7); ``lxd/response`` wraps what is asked in
``metadata`` and errors in ``error``; lists name resources; ``not found`` has status 404.
"""

from __future__ import annotations

from typing import Any

FINGERPRINT = "06b86454720d36b20f94e31c6812e05ec51c1b568cf3a8abd273769d213394bb"
INSTANCE = {
    "name": "foo",
    "status": "Running",
    "stateful": False,
    "ephemeral": True,
    "created_at": "2021-03-23T20:00:00-04:00",
    "config": {"volatile.base_image": FINGERPRINT, "security.nesting": "true", "environment.TOKEN": "hunter2"},
    "expanded_devices": {
        "root": {"path": "/", "pool": "default", "type": "disk"},
        "eth0": {"name": "eth0", "network": "lxdbr0", "type": "nic"},
    },
}
HELD: dict[str, Any] = {
    "containers": ["/1.0/containers/foo"],
    "containers/foo": INSTANCE,
    "containers/foo/state": {"status": "Running", "pid": 7281, "processes": 50},
    "containers/foo/metadata": {
        "architecture": "x86_64",
        "properties": {"architecture": "x86_64", "os": "Ubuntu", "description": "Ubuntu 22.04", "release": "jammy"},
    },
    "images": [f"/1.0/images/{FINGERPRINT}"],
    f"images/{FINGERPRINT}": {
        "fingerprint": FINGERPRINT,
        "architecture": "x86_64",
        "properties": {"os": "Ubuntu", "release": "jammy", "description": "Ubuntu 22.04"},
        "filename": "06b8.rootfs",
        "size": 272237676,
        "auto_update": True,
        "cached": True,
        "public": False,
        "created_at": "2021-03-23T20:00:00-04:00",
        "expires_at": "2025-03-23T20:00:00-04:00",
        "uploaded_at": "2021-03-24T14:18:15.115036787-04:00",
        "last_used_at": "2021-03-22T20:39:00.575185384-04:00",
        "update_source": {
            "server": "https://cloud-images.ubuntu.com/releases/",
            "protocol": "simplestreams",
            "certificate": "",
            "alias": "jammy",
        },
        "aliases": [{"name": "a", "description": ""}, {"name": "b", "description": ""}],
    },
    "certificates": ["/1.0/certificates/fd20"],
    "certificates/fd20": {"name": "castiana", "type": "client", "fingerprint": "fd20", "certificate": "X509"},
    "networks": ["/1.0/networks/lxdbr0", "/1.0/networks/eth0"],
    "networks/lxdbr0": {
        "name": "lxdbr0",
        "type": "bridge",
        "managed": True,
        "config": {"ipv4.address": "10.0.0.1/24", "ipv6.address": "none"},
        "used_by": ["/1.0/profiles/default", "/1.0/instances/c1", "/1.0/containers/c2"],
    },
    "networks/lxdbr0/state": {
        "hwaddr": "00:16:3e:5a:83:57",
        "state": "up",
        "mtu": 1500,
        "counters": {
            "bytes_received": 250542118,
            "bytes_sent": 17524040140,
            "packets_received": 1182515,
            "packets_sent": 1567934,
        },
    },
    "networks/eth0": {"name": "eth0", "type": "physical", "managed": False, "config": {}, "used_by": []},
    "cluster": {
        "server_name": "lxd01",
        "enabled": True,
        "member_config": [
            {"entity": "network", "name": "n", "key": "k", "value": "v", "description": "first"},
            {"entity": "storage-pool", "name": "local", "key": "source", "value": "/dev/sdb", "description": "d"},
        ],
    },
    "cluster/members": ["/1.0/cluster/members/lxd01"],
    "cluster/members/lxd01": {
        "server_name": "lxd01",
        "url": "https://10.0.0.1:8443",
        "database": True,
        "status": "Online",
        "message": "fully operational",
    },
    "storage-pools": ["/1.0/storage-pools/local"],
    "storage-pools/local": {
        "name": "local",
        "driver": "zfs",
        "config": {"source": "/dev/sdb", "size": "50GiB", "volume.size": "1GiB"},
    },
    "storage-pools/local/resources": {
        "space": {"used": 343537419776, "total": 420100937728},
        "inodes": {"used": 3275333, "total": 30709993797},
    },
}


def answer(path: str, _query: dict[str, str]) -> tuple[int, Any]:
    """Answer a GET as the daemon does."""
    name = path.removeprefix("/1.0/")
    if name in HELD:
        return 200, {"type": "sync", "status": "Success", "status_code": 200, "metadata": HELD[name]}
    return 404, {"type": "error", "error": "not found", "error_code": 404, "metadata": None}
