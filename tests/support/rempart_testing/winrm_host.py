"""A Windows with osquery that is asked over WS-Management."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

from rempart_controller.inventory.host import Host
from rempart_controller.transports.winrm_osqueryi import WindowsOsqueryi
from rempart_testing.wsman import PASSWORD, USER, Wsman

GUID = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\MachineGuid"
TABLES = {
    "osquery_info": [{"version": "5.23.0"}],
    "os_version": [{"name": "Microsoft Windows 11 Professionnel", "version": "10.0.26100", "platform": "windows"}],
    "system_info": [{"hostname": "poste-7"}],
    "registry": [{"path": GUID, "key": GUID.rpartition("\\")[0], "name": "MachineGuid", "data": "5f2d-guid"}],
    "users": [
        {"uid": "500", "username": "Administrateur"},
        {"uid": "1001", "username": "hélène", "description": "Été €"},
    ],
}
USERS = "SELECT username FROM users ORDER BY uid"

Make = Callable[..., Wsman]
Connect = Callable[..., WindowsOsqueryi]


def host_of(server: Wsman, **variables: Any) -> Host:
    """Return the host as the inventory gives it."""
    tls = isinstance(server.socket, ssl.SSLSocket)
    options = {
        "remote_addr": "127.0.0.1",
        "remote_user": USER,
        "remote_password": PASSWORD,
        "port": server.port,
        "scheme": "https" if tls else "http",
        "path": "/wsman",
        "transport": ["ssl" if tls else "plaintext"],
    }
    own = {name: variables.pop(name) for name in list(variables) if name in options}
    named = {f"ansible_winrm_{name}": value for name, value in variables.items()}
    return Host("poste-7", connection="winrm", options=options | own, variables=named)
