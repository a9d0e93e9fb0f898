"""Units as systemd lists them on its bus: one that is loaded, one that only a job names."""

from __future__ import annotations

SSH = [
    "ssh.service",
    "OpenBSD Secure Shell server",
    "loaded",
    "active",
    "running",
    "",
    "/org/freedesktop/systemd1/unit/ssh_2eservice",
    0,
    "",
    "/",
]
GONE = [
    "connman.service",
    "connman.service",
    "not-found",
    "inactive",
    "dead",
    "",
    "/unit/connman_2eservice",
    7,
    "start",
    "/job/7",
]
