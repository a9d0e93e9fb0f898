"""Where osquery is on this machine: its shell, and the sockets of its daemon."""

import os
import sys

OSQUERYI = "REMPART_OSQUERYI"
"""The environment variable that names the shell to use, without looking further."""


_SOCKETS = {
    "win32": (r"\\.\pipe\osquery.em", r"\\.\pipe\orbit-osquery-extension"),
    "darwin": ("/var/osquery/osquery.em", "/opt/orbit/orbit-osquery.em"),
    "linux": ("/var/osquery/osquery.em", "/run/osquery/osquery.em", "/opt/orbit/orbit-osquery.em"),
}


_PROGRAMS = {
    "win32": (r"C:\Program Files\osquery\osqueryi.exe", r"C:\ProgramData\osquery\osqueryi.exe"),
    "darwin": ("/usr/local/bin/osqueryi", "/opt/osquery/lib/osquery.app/Contents/MacOS/osqueryi"),
    "linux": ("/usr/bin/osqueryi", "/opt/osquery/bin/osqueryi", "/usr/local/bin/osqueryi"),
}


def find_sockets() -> list[str]:
    """Return the extension sockets of a daemon that may be running; on Windows the pipes, which only opening tells."""
    places = _SOCKETS.get(sys.platform, ())
    return [place for place in places if sys.platform == "win32" or os.path.exists(place)]


def usual_socket() -> str:
    """Return where osqueryd makes its extension socket unless it is told otherwise."""
    return _SOCKETS.get(sys.platform, _SOCKETS["linux"])[0]


def find_osqueryi() -> str:
    """Return where ``osqueryi`` is: as the environment says, at the usual places, on PATH; ``""`` where it is not."""
    given = os.environ.get(OSQUERYI, "")
    if given:
        return given
    name = "osqueryi.exe" if sys.platform == "win32" else "osqueryi"
    on_path = [os.path.join(folder, name) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for place in (*_PROGRAMS.get(sys.platform, ()), *on_path):
        if os.path.isfile(place) and os.access(place, os.X_OK):
            return place
    return ""
