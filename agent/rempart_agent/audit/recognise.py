"""What a target is: its system, and the role that it has."""

from rempart_agent.engine import Engine

SYSTEM_QUESTION = "SELECT name, version, platform FROM os_version"


def recognise(engine: Engine) -> tuple[str, str]:
    """Return the platform of the target and the name of its system; both ``""`` where none is recognised."""
    answer = engine.query(SYSTEM_QUESTION)
    if answer.failure is not None or not answer.rows or len(answer.rows[0]) != 3:  # a node may answer anything
        return "", ""
    told = dict(zip(answer.columns, answer.rows[0], strict=False))
    if not told.keys() >= {"name", "version", "platform"}:  # what a machine reports over a network may be anything
        return "", ""
    name, version, platform = told["name"], told["version"], told["platform"]
    known = {"darwin": "darwin", "windows": "windows"}
    return known.get(platform, "linux"), f"{name} {version}".strip()


_DESKTOP = """
SELECT path FROM file WHERE path IN (
  '/usr/sbin/gdm3', '/usr/sbin/gdm', '/usr/bin/gdm', '/usr/sbin/lightdm', '/usr/bin/lightdm', '/usr/bin/sddm',
  '/usr/bin/lxdm', '/usr/sbin/lxdm', '/usr/bin/xdm', '/usr/bin/slim', '/usr/bin/gnome-session',
  '/usr/bin/startplasma-wayland', '/usr/bin/startplasma-x11', '/usr/bin/xfce4-session')
"""


_LAPTOP = """
SELECT chassis_types FROM chassis_info WHERE chassis_types IN (
  'Portable', 'Laptop', 'Notebook', 'Sub Notebook', 'Tablet', 'Convertible', 'Detachable', 'Hand Held')
"""


_BATTERY = (
    "SELECT path FROM file WHERE path LIKE '/sys/class/power_supply/BAT%'"  # osquery has no chassis_info on Linux
)


ROLE_QUESTIONS = (_DESKTOP, _LAPTOP, _BATTERY)
"""What ``detect_role`` asks of Linux; one row of any makes a workstation."""


WINDOWS_ROLE_QUESTION = "SELECT name FROM os_version WHERE name LIKE '%Server%'"
"""What ``detect_role`` asks of Windows; one row makes a server."""


def detect_role(engine: Engine, live: bool, platform: str = "linux") -> str:
    """Return the role of a target: ``image`` for a root filesystem, else ``workstation`` or ``server``.

    On Linux a graphical session, a portable case or a battery makes a workstation. Windows says itself that it is a
    server; a Mac is taken for a workstation. What can't be asked decides nothing.

    Args:
        engine: What answers; a failure counts as no rows.
        live: Whether the target is a running machine.
        platform: ``linux``, ``windows`` or ``darwin``.
    """
    if not live:
        return "image"
    if platform == "darwin":
        return "workstation"
    if platform == "windows":
        answer = engine.query(WINDOWS_ROLE_QUESTION)
        return "server" if answer.failure is None and answer.rows else "workstation"
    for question in ROLE_QUESTIONS:
        answer = engine.query(question)
        if answer.failure is None and answer.rows:
            return "workstation"
    return "server"
