"""Actions in rsyslog's old form: ``/file``, ``@host``, ``@@host:port;template``, ``:omrelp:host:port``, ``~``."""

import re
from typing import Dict, Mapping

from rempart_agent.models.rsyslog.lexer import Token
from rempart_agent.models.rsyslog.syntax import Action, Nothing, Params, Script, Stop
from rempart_agent.said import Why

BUILT_IN = frozenset(["omfwd", "omfile", "omusrmsg", "ompipe", "omshell", "omdiscard"])
"""The output modules that need not be loaded."""

BUILT_IN_TEMPLATE = "RSYSLOG_"
FILE_SETTINGS = ("filecreatemode", "fileowner", "filegroup")
"""What directives set for the files of lines in the old form, and parameters for those of the new one."""
_FORWARD = re.compile(
    r"@(?P<tcp>@)?(?:\((?P<options>[^)]*)\))?"
    r"(?:\[(?P<six>[^\]]*)\]|(?P<host>[^;:#\s]*))(?::(?P<port>[0-9]*)[^;#\s]*)?[^;#\s]*\s*(?:;\s*(?P<template>[^#\s]*)|#|$)"
)
_RELP = re.compile(
    r":omrelp:(?:\[(?P<six>[^\]]*)\]|(?P<host>[^;:#\s]*))(?::(?P<port>[0-9]+))?\s*(?:;\s*(?P<template>\S*))?"
)
_FLAGS = {
    "actionexeconlywhenpreviousissuspended": ("off", "no", "0", ""),
    "actionexeconlyeverynthtime": ("0", "1"),
    "actionexeconlyonceeveryinterval": ("0",),
    "actionqueuediscardmark": ("",),
}


def statements(
    token: Token, settings: Dict[str, str], templates: Dict[str, bool], modules: Mapping[str, object]
) -> Script:
    """Return what a line in the old form does.

    Args:
        token: The line's action, with its place.
        settings: The directives in force at this line, by name without the ``$``, in lower case.
        templates: The templates that are known so far, and whether each has the text of a message.
        modules: The output modules that are loaded.
    """
    text = token.value.strip()
    odd = [name for name, harmless in _FLAGS.items() if settings.get(name, harmless[0]).lower() not in harmless]
    unsure = Why("${odd} is set", odd=odd[0]) if odd else ""

    def action(kind: str, params: Params, template: str = "") -> Script:
        return [Action(kind, params, token.path, token.line, unsure or doubt(template, templates))]

    if text == "~":
        return [Stop()]
    if text[0] == "@":
        found = _FORWARD.match(text)
        if not found:  # an invalid character: rsyslogd drops the action
            return [Nothing()]
        params: Params = {
            "target": found.group("six") or found.group("host") or "",
            "port": found.group("port") or "514",
            "protocol": "tcp" if found.group("tcp") else "udp",
        }
        if settings.get("actionsendstreamdrivermode", "0") not in ("0", ""):
            params["streamdrivermode"] = settings["actionsendstreamdrivermode"]
        if settings.get("actionsendstreamdriverauthmode"):
            params["streamdriverauthmode"] = settings["actionsendstreamdriverauthmode"]
        default = settings.get("actionforwarddefaulttemplate", "")
        return action("omfwd", params, found.group("template") or default)
    module = text[1:].partition(":")[0].lower()
    if text[0] == ":" and module not in BUILT_IN and module not in modules:
        return [Nothing()]
    if module == "omrelp" and text[0] == ":":
        found = _RELP.match(text)
        host = (found.group("six") or found.group("host") or "") if found else ""
        port = (found.group("port") or "514") if found else ""
        return action("omrelp", {"target": host, "port": port}, (found.group("template") or "") if found else "")
    if text[0] == ":":
        return action(module, {"line": text})
    made: Params = {name: settings[name] for name in FILE_SETTINGS if name in settings}
    if text[0] in "/-":
        name, _, template = text.lstrip("-").partition(";")
        return action("omfile", {**made, "file": re.split(r"[\s#]", name.strip(), maxsplit=1)[0]}, template.strip())
    if text[0] == "|":
        return action("ompipe", {"pipe": text[1:]})
    if text[0] == "?":
        return action("omfile", {**made, "dynafile": text[1:].partition(";")[0]})
    if text[0] == "^":
        return action("omshell", {"program": text[1:]})
    return action("omusrmsg", {"users": text})


def doubt(template: str, templates: Dict[str, bool]) -> str:
    """Return why an action with a template may send nothing of a message; ``""`` where it does.

    Args:
        template: The template's name; ``""`` for the one that rsyslog takes by itself.
        templates: See ``statements``.
    """
    if not template or template.upper().startswith(BUILT_IN_TEMPLATE):
        return ""
    if template not in templates:
        return Why("the template {value} is not known", value=template)
    return "" if templates[template] else Why("the template {value} has no text of a message", value=template)
