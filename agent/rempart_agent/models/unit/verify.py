"""Whether systemd takes a unit: service_verify and timer_verify of src/core."""

import re
from typing import Callable, List, Tuple

from rempart_agent.models.unit import command
from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.syntax import Assignment
from rempart_agent.said import Why

ACCOUNTS = ("User", "Group", "SupplementaryGroups")
WITH_ACCOUNTS = ("Service", "Socket", "Mount", "Swap")
_NO_ACCOUNT = re.compile("[\0-\x1f\x7f:/]")
_TYPES = ("simple", "exec", "forking", "oneshot", "dbus", "notify", "notify-reload", "idle")
_ACTIONS = (
    *("none", "reboot", "reboot-force", "reboot-immediate", "poweroff", "poweroff-force", "poweroff-immediate"),
    *("exit", "exit-force", "soft-reboot", "soft-reboot-force", "kexec", "kexec-force", "halt", "halt-force"),
    "halt-immediate",
)
_RESTARTS = ("no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always")
YES, NO = ("1", "yes", "y", "true", "t", "on"), ("0", "no", "n", "false", "f", "off")
_TIMES = ("OnCalendar", "OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec")


def account(setting: Assignment, name: str) -> None:
    """Raise Refused for an account that systemd refuses (valid_user_group_name in its relaxed form).

    Args:
        setting: The assignment: ``User``, ``Group`` or ``SupplementaryGroups``, whose words are names of their own.
        name: The unit's name, which specifiers (``%i``) are expanded by; a word that can't be expanded is not judged.

    Raises:
        Refused: systemd refuses the account.
    """
    for word in setting.value.split() if setting.key == "SupplementaryGroups" else [setting.value]:
        try:
            found = names.expand(word, name)
        except names.Unresolved:
            continue
        except ValueError as error:
            raise command.Refused.of(error) from None
        if not found or _NO_ACCOUNT.search(found) or found in (".", "..") or found != found.strip() or found[0] == "-":
            raise command.Refused("no account: {found}", found=found)


def accepted(settings: "Tuple[Assignment, ...]", section: str, key: str, words: Tuple[str, ...], otherwise: str) -> str:
    """Return the last value of a setting that is one of some words; systemd passes others over.

    Args:
        settings: The unit's, in order.
        section: Without brackets.
        key: The setting.
        words: Those that are accepted.
        otherwise: What it is where none is set.
    """
    found = otherwise
    for setting in settings:
        if (setting.section, setting.key) == (section, key) and setting.value in words:
            found = setting.value
    return found


def service(settings: "Tuple[Assignment, ...]", name: str) -> str:
    """Return why systemd refuses a service; ``""`` where it takes it.

    Args:
        settings: The unit's, in order.
        name: The unit's.
    """
    start = command.commands(settings, "ExecStart", name)
    stop = command.commands(settings, "ExecStop", name)
    action = accepted(settings, "Unit", "SuccessAction", _ACTIONS, "none")
    bus = any((s.section, s.key) == ("Service", "BusName") and s.value for s in settings)
    kind = accepted(settings, "Service", "Type", _TYPES, "dbus" if bus else "simple" if start else "oneshot")
    remains = False
    for setting in settings:
        if (setting.section, setting.key) == ("Service", "RemainAfterExit") and setting.value.lower() in (*YES, *NO):
            remains = setting.value.lower() in YES
    if not start and not stop and action == "none":
        return Why("no ExecStart=, ExecStop= or SuccessAction=")
    if kind != "oneshot" and not start:
        return Why("no ExecStart=")
    if not remains and not start and action == "none":
        return Why("no ExecStart=, and RemainAfterExit= is not set")
    if kind != "oneshot" and len(start) > 1:
        return Why("more than one ExecStart= though it is no Type=oneshot")
    if kind == "oneshot" and accepted(settings, "Service", "Restart", _RESTARTS, "no") in ("always", "on-success"):
        return Why("Restart= that Type=oneshot does not allow")
    return Why("no BusName=") if kind == "dbus" and not bus else ""


def timer(settings: "Tuple[Assignment, ...]", name: str, is_zone: Callable[[str], bool]) -> str:
    """Return why systemd refuses a timer; ``""`` where it takes it.

    Args:
        settings: The unit's, in order.
        name: The unit's.
        is_zone: Tells whether there is a time zone of a name.
    """
    from rempart_agent.models.unit import expression, span

    values: List[str] = []
    changes = False
    for setting in settings:
        if setting.section != "Timer":
            continue
        if setting.key in ("OnClockChange", "OnTimezoneChange") and setting.value.lower() in (*YES, *NO):
            changes = changes or setting.value.lower() in YES
        if setting.key not in _TIMES:
            continue
        if not setting.value:
            values = []
            continue
        try:
            text = names.expand(setting.value, name)
            if setting.key == "OnCalendar":
                expression.parse(text, is_zone)
            else:
                span.parse(text)
        except names.Unresolved:
            pass
        except ValueError:
            continue
        values.append(setting.value)
    return "" if values or changes else Why("no time is set")
