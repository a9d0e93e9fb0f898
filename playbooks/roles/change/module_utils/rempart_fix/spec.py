"""What a fix may declare, and whether it is declared rightly: all mistakes at once, before anything is read."""

import os
import re
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Tuple

from .awaiting import is_awaits
from .commands import COMMANDS
from .contract import Refusal
from .effects import EFFECTS, check_effect
from .owners import is_acl, is_mode
from .procedures import PROCEDURES
from .resolve.audit_rules import is_event
from .resolve.fstab import SORTS
from .resolve.homes import RULES as IN_HOMES
from .resolve.people import RULES
from .resolve.rights import RULES as ANYWHERE
from .sight import Sight
from .validation import PROGRAMS


class Shape(NamedTuple):
    """How the items of one kind of spec look.

    Attributes:
        kind: The act's kind, whose module resolves it.
        types: The keys that it may have, each with its type.
        needs: Groups of keys; of each group at least one is given.
        one_of: Groups of keys; of each group at most one is given.
        mapped: Whether it is one map in place of a list: of ``types``, or of options where there are none.
    """

    kind: str
    types: Mapping[str, str]
    needs: Tuple[Tuple[str, ...], ...]
    one_of: Tuple[Tuple[str, ...], ...] = ()
    mapped: bool = False


RIGHTS = (*ANYWHERE, *IN_HOMES)
"""The rules of ``rights``."""
_WHERE = {"where": "path", "where_not": "path"}
_DRESS = {"mode": "mode", "owner": "text", "group": "text"}
ONCE = ("lists", "upgrades", "commands")
"""Specs of what is done once, and not again where the rest is resolved anew."""
SPECS: Dict[str, Shape] = {
    "lists": Shape("lists", {"days": "int", "always": "bool"}, (("days", "always"),), (("days", "always"),)),
    "upgrades": Shape("upgrade", {"finish": "bool", "security": "bool"}, ()),
    "packages": Shape(
        "package",
        {
            "name": "names",
            "names": "map",
            "state": "text",
            "recommends": "bool",
            "data": "list",
            "scraps": "list",
            "unless_unit": "list",
        },
        (("name", "names"),),
        (("name", "names"),),
    ),
    "accounts": Shape(
        "account",
        {
            **dict.fromkeys(("name", "group", "field", "value", "member_of", "not_member_of"), "scalar"),
            **dict.fromkeys(("lock", "to_shadow", "make", "system"), "bool"),
            **dict.fromkeys(("gecos", "home", "shell"), "line"),
            **dict.fromkeys(("uid", "gid"), "int"),
        },
        (("name", "group"), ("field", "lock", "to_shadow", "member_of", "not_member_of", "make")),
        (("name", "group"), ("field", "lock", "to_shadow", "member_of", "not_member_of", "make")),
    ),
    "people": Shape(
        "people",
        {
            "rule": "rule",
            **dict.fromkeys(("but", "names", "keyed", "groups", "allowed", "shells", "usual"), "some"),
            **dict.fromkeys(("days", "since", "most"), "int"),
            "seen": "map",
        },
        (("rule",),),
    ),
    "folders": Shape("folder", dict(_DRESS, path="path"), (("path",),)),
    "dconf": Shape("dconf", {"database": "line"}, (("database",),)),
    "files": Shape(
        "file",
        dict(_DRESS, path="path", content="text", absent="bool", validate="program"),
        (("path",), ("content", "absent")),
        (("content", "absent"),),
    ),
    "lines": Shape(
        "line",
        dict(
            _DRESS,
            path="path",
            match="regexp",
            line="line",
            block="text",
            absent="bool",
            replace="text",
            all="bool",
            after="regexp",
            before="regexp",
            unless="regexp",
            links="bool",
            create="bool",
            optional="bool",
            validate="program",
        ),
        (("path",), ("line", "block", "absent", "replace"), ("match", "line", "block")),
        (("line", "block", "absent", "replace"),),
    ),
    "keys": Shape(
        "key",
        dict(
            _DRESS,
            path="path",
            section="line",
            key="line",
            value="scalar",
            absent="bool",
            at_least="int",
            at_most="int",
            one_of="list",
            separator="line",
            ignore_case="bool",
            create="bool",
            optional="bool",
            validate="program",
        ),
        (("path",), ("key",), ("value", "absent", "at_least", "at_most", "one_of")),
        (("value", "absent"), ("at_least", "absent"), ("at_most", "absent")),
    ),
    "json": Shape(
        "json_keys",
        dict(_DRESS, path="path", merge="map", create="bool", optional="bool"),
        (("path",), ("merge",)),
    ),
    "sshd": Shape("sshd", {}, (), mapped=True),
    "audit_rules": Shape(
        "audit_rules",
        {"events": "events", "lock": "bool", "failure": "int"},
        (("events", "lock"),),
        (("events", "lock"),),
        mapped=True,
    ),
    "idle_shells": Shape("idle_shells", {"most": "int"}, (("most",),), mapped=True),
    "umask": Shape("umask", {"masks": "list", "csh": "bool"}, (("masks",),), mapped=True),
    "sudoers": Shape(
        "sudoers",
        {"take_rights": "map", "ask_password": "map"},
        (("take_rights", "ask_password"),),
        mapped=True,
    ),
    "clamd": Shape("clamd", {"guarded": "list", "allowed": "list"}, (("guarded",),), mapped=True),
    "run": Shape("run", {"procedure": "procedure", "names": "list", "unless": "map"}, (("procedure",), ("unless",))),
    "pam": Shape(
        "pam",
        {
            "path": "path",
            "module": "regexp",
            "put": "line",
            **dict.fromkeys(("types", "drop", "instead_of", "add"), "list"),
            "least": "map",
        },
        (("module",), ("drop", "put", "add", "least")),
    ),
    "modes": Shape(
        "mode", dict(_DRESS, path="path", acl="acl", careful="bool"), (("path",), ("mode", "owner", "group", "acl"))
    ),
    "rights": Shape(
        "rights",
        {
            "rule": "right",
            **dict.fromkeys(("owner_most", "entries", "seconds"), "int"),
            **dict.fromkeys(("accepted", "files"), "some"),
            "mode": "mode",
        },
        (("rule",),),
        mapped=True,
    ),
    "mounts": Shape(
        "mount",
        {"path": "path", "sort": "sort", "options": "list", "homes": "bool", "own": "bool"},
        (("path", "sort"), ("options",)),
        (("path", "sort"), ("own", "sort")),
    ),
    "selinux": Shape("selinux", {"enforcing": "bool"}, (("enforcing",),), mapped=True),
    "apparmor": Shape("apparmor", {"enforce": "bool", "but": "some"}, (("enforce",),), mapped=True),
    "sysctl": Shape(
        "sysctl",
        {
            "name": "line",
            "value": "scalar",
            "one_of": "list",
            "at_least": "int",
            "at_most": "int",
            "file": "path",
            "optional": "bool",
            "except": "list",
            "unless": "map",
        },
        (("name",), ("value",)),
    ),
    "radio": Shape("radio", {"wireless": "bool"}, (("wireless",),), mapped=True),
    "drivers": Shape("kmod", {"name": "line", "loaded": "bool"}, (("name",), ("loaded",))),
    "ufw": Shape("ufw", {"rule": "line", "enabled": "bool"}, (("rule", "enabled"),), (("rule", "enabled"),)),
    "firewalld": Shape(
        "firewalld",
        {**dict.fromkeys(("zone", "port", "service", "target", "default"), "line"), "instead_of": "list"},
        (("port", "service", "target", "default"),),
        (("port", "service", "target", "default"),),
    ),
    "nft": Shape("nft", {"table": "line", "family": "line", "text": "text"}, (("table",), ("text",))),
    "units": Shape(
        "unit",
        {
            "name": "line",
            "any_of": "list",
            "awaits": "awaits",
            **dict.fromkeys(("enabled", "active", "masked", "optional"), "bool"),
        },
        (("name", "any_of"), ("enabled", "active", "masked")),
        (("name", "any_of"),),
    ),
    "commands": Shape(
        "command",
        {"command": "command", **dict.fromkeys(("hours", "days"), "int"), "but": "list", "locked": "bool"},
        (("command",),),
    ),
}
"""The kinds of specs, in the order in which they are resolved."""


def _is_regexp(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError):
        return False
    return True


_TYPES: Dict[str, Tuple[Callable[[Any], bool], str]] = {
    "path": (lambda one: isinstance(one, str) and one.startswith("/") and "\0" not in one, "an absolute path"),
    "text": (lambda one: isinstance(one, str), "a text"),
    "line": (lambda one: isinstance(one, str) and "\n" not in one, "one line"),
    "bool": (lambda one: isinstance(one, bool), "true or false"),
    "int": (lambda one: isinstance(one, int) or (isinstance(one, str) and one.lstrip("-").isdigit()), "a number"),
    "scalar": (lambda one: isinstance(one, (str, int)) and "\n" not in str(one), "a value of one line"),
    "names": (lambda one: isinstance(one, str) or (isinstance(one, list) and bool(one)), "a name or a list of names"),
    "list": (lambda one: isinstance(one, list) and bool(one), "a list"),
    "some": (lambda one: isinstance(one, list), "a list"),
    "rule": (lambda one: one in RULES, "one of " + ", ".join(RULES)),
    "right": (lambda one: one in RIGHTS, "one of " + ", ".join(RIGHTS)),
    "regexp": (_is_regexp, "a regular expression"),
    "sort": (lambda one: one in SORTS, "one of " + ", ".join(SORTS)),
    "mode": (is_mode, 'a mode, as "0640" or "go-w"'),
    "events": (
        lambda one: isinstance(one, list) and all(map(is_event, one)),
        "a list of events, as perm=wa file=/etc/passwd",
    ),
    "program": (lambda one: one in PROGRAMS, "one of " + ", ".join(sorted(PROGRAMS))),
    "command": (lambda one: one in COMMANDS, "one of " + ", ".join(COMMANDS)),
    "procedure": (lambda one: one in PROCEDURES, "one of " + ", ".join(PROCEDURES)),
    "awaits": (is_awaits, "a map of unit, folder, seconds and gives_up"),
    "acl": (is_acl, "none, or a map of users, groups, members and rights"),
    "map": (lambda one: isinstance(one, dict), "a map"),
}


def check(fix: Mapping[str, Any]) -> List[str]:
    """Return what is wrong with a fix as it is declared; ``[]`` where nothing."""
    wrong = (
        [] if re.match(r"[A-Z]{2,5}-\d+\Z", str(fix.get("check", ""))) else [f"check: {fix.get('check')!r} is no id"]
    )
    for name, items in fix.items():
        if name in ("check", "effects") or items is None:
            continue
        shape = SPECS.get(name)
        if shape is None:
            wrong.append(f"{name}: no spec is called so; there are {', '.join(SPECS)}")
        elif shape.mapped:
            wrong += [f"{name}: {one}" for one in _check_map(items, shape)]
        elif not isinstance(items, list):
            wrong.append(f"{name}: a list is wanted")
        else:
            for number, item in enumerate(items):
                wrong += [f"{name}[{number}]: {one}" for one in _check_item(item, shape)]
    effects = fix.get("effects") or []
    if not isinstance(effects, list):
        return [*wrong, "effects: a list is wanted"]
    for number, effect in enumerate(effects):
        wrong += [f"effects[{number}]: {one}" for one in check_effect(effect)]
    return wrong


def _check_map(item: Any, shape: Shape) -> List[str]:
    if shape.types:
        return _check_item(item, shape)
    if not isinstance(item, dict) or not item:
        return ["a map of options is wanted, each with a value"]
    wrong = [name for name, one in item.items() if isinstance(one, bool) or not isinstance(one, (str, int))]
    return [f"{name}: a text or a number is wanted; yes and no stand in quotes" for name in wrong]


def applies(item: Mapping[str, Any], sight: Sight) -> bool:
    """Tell whether a spec is one for this endpoint: its ``where`` is there, its ``where_not`` is not."""
    there = {name: os.path.lexists(sight.place.at(item[name])) for name in _WHERE if item.get(name)}
    for name, found in there.items():
        sight.note("path " + item[name], found)
    return there.get("where", True) and not there.get("where_not", False)


def list_specs(fix: Mapping[str, Any], name: str) -> List[Mapping[str, Any]]:
    """Return the specs of one name that a fix declares; one that is a map, or of mounts, knows its check."""
    given = fix.get(name)
    if not given:
        return []
    if not SPECS[name].mapped:
        return [dict(one, check=fix["check"]) for one in given] if name == "mounts" else list(given)
    return [dict(given, check=fix["check"]) if SPECS[name].types else {"check": fix["check"], "values": given}]


def _check_item(item: Any, shape: Shape) -> List[str]:
    if not isinstance(item, dict):
        return ["a map is wanted"]
    given = {name: value for name, value in item.items() if value is not None}
    types = {**shape.types, **_WHERE}
    wrong = [f"{name}: not known here" for name in given if name not in types]
    for name in [name for name in given if name in types]:
        fits, words = _TYPES[types[name]]
        if not fits(given[name]):
            wrong.append(f"{name}: {given[name]!r} is not {words}")
    wrong += [f"{' or '.join(group)} is missing" for group in shape.needs if not any(name in given for name in group)]
    for group in shape.one_of:
        if sum(name in given and given[name] is not False for name in group) > 1:
            wrong.append(f"{' and '.join(group)} exclude each other")
    return wrong


def expect_sound(fixes: List[Mapping[str, Any]]) -> None:
    """Raise all mistakes of all fixes at once.

    Raises:
        Refusal: Something is declared wrongly.
    """
    wrong = [f"{fix.get('check', '?')}: {one}" for fix in fixes for one in check(fix)]
    if wrong:
        raise Refusal("\n".join(wrong))


__all__ = ["EFFECTS", "SPECS", "Shape", "check", "expect_sound"]
