"""The systemd unit of a server: it runs as the owner of its directory, without powers, and writes there alone.

Source: systemd.service(5), systemd.exec(5).
"""

import os
import pwd

from rempart_controller.schedule.unit import quote
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_server.settings import Settings
from rempart_store.location import is_postgresql

NAME = "rempart-server"
_SHUT_IN = """\
UMask=0077
NoNewPrivileges=yes
LimitNOFILE=65536
LockPersonality=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
"""


def write_unit(settings: Settings, program: str) -> str:
    """Return the text of the unit.

    Args:
        settings: Of the server.
        program: The whole path of ``rempart``.

    Raises:
        UsageError: A path has a control character, or the owner of the directory has no name.
    """
    user = owner_of(settings.directory)
    command = " ".join(quote(word, "$%") for word in (program, "server", "run", "--dir", settings.directory))
    low = settings.port < 1024
    needs = "network-online.target" + (" postgresql.service" if is_postgresql(settings.place) else "")
    environment = os.path.join(settings.directory, "environment")
    text = f"[Unit]\nDescription={quote(f'Rempart server ({settings.name})')}\n".replace('"', "")
    text += f"Wants=network-online.target\nAfter={needs}\n\n[Service]\nType=exec\nUser={quote(user)}\n"
    text += f"ExecStart={command}\nExecReload=/bin/kill -HUP $MAINPID\n"
    # Wrong settings (2) stay wrong; a store that can't be used (3) may come back.
    text += "Restart=on-failure\nRestartSec=5\nRestartPreventExitStatus=2\nKillMode=mixed\nTimeoutStopSec=60\n"
    text += f"EnvironmentFile=-{quote(environment)}\nCacheDirectory={NAME}\nCacheDirectoryMode=0700\n"
    text += f"Environment=XDG_CACHE_HOME=/var/cache/{NAME}\nReadWritePaths={quote(settings.directory)}\n"
    text += f"CapabilityBoundingSet={'CAP_NET_BIND_SERVICE' if low else ''}\n"
    text += "AmbientCapabilities=CAP_NET_BIND_SERVICE\n" if low else ""
    return text + _SHUT_IN + "\n[Install]\nWantedBy=multi-user.target\n"


def owner_of(directory: str) -> str:
    """Return the name of the user who owns a directory.

    Raises:
        UsageError: It has none.
    """
    try:
        return pwd.getpwuid(os.stat(directory).st_uid).pw_name
    except (KeyError, OSError) as error:
        raise UsageError(Message("server.no_owner", directory=directory)) from error
