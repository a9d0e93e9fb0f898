"""Rules about all accounts of a host: pure functions of its files to specs for one account each."""

import re
from typing import Any, Callable, Dict, List, Mapping, NamedTuple

from ..entries import FIELDS

ConnectionRequest = Dict[str, Any]
Line = Dict[str, str]
_DAY = 86400
_GRACE = 14  # days for those whose password would have expired long ago
_LOGIN = re.compile(r"(?!.*/(nologin|false)\Z)")


class Files(NamedTuple):
    """The lines of the files of accounts, each by the names of its fields; of a name that comes twice the first."""

    passwd: List[Line]
    shadow: List[Line]
    group: List[Line]
    gshadow: List[Line]


def read_lines(text: str, file: str) -> List[Line]:
    """Return the lines of a file of accounts; comments, and what is for NIS, are none."""
    found: Dict[str, Line] = {}
    for line in text.splitlines():
        values = line.split(":")
        if len(values) == len(FIELDS[file]) and values[0] and values[0][0] not in "#+-":
            found.setdefault(values[0], dict(zip(FIELDS[file], values)))
    return list(found.values())


def no_empty_password(files: Files, rule: Mapping[str, Any], now: int) -> List[ConnectionRequest]:
    """Return what leaves nobody without a password: shadow has it, or the account is locked.

    ``{but}``: who is left alone. Nobody stays in the group that display managers ask for no password.
    """
    but = rule.get("but") or []
    found: List[ConnectionRequest] = []
    for word, lines in (("to_shadow", files.passwd), ("lock", files.shadow)):
        found += [{"name": one["name"], word: True} for one in lines if not one["password"] and one["name"] not in but]
    for group in (*files.group, *files.gshadow):
        if group["name"] == "nopasswdlogin":
            for name in _members(group):
                spec = {"name": name, "not_member_of": "nopasswdlogin"}
                found += [] if spec in found else [spec]
    return found


def hashes_in_shadow(files: Files, rule: Mapping[str, Any], now: int) -> List[ConnectionRequest]:
    """Return what moves hashes that everybody may read out of passwd."""
    return [
        {"name": one["name"], "to_shadow": True}
        for one in files.passwd
        if one["password"] not in ("", "x") and one["password"][0] not in "!*"
    ]


def passwords_age(files: Files, rule: Mapping[str, Any], now: int) -> List[ConnectionRequest]:
    """Return what lets passwords age. ``{days, but}``.

    Nobody is thrown out by the change itself: who would have expired long ago gets two weeks. A password that is to be
    changed at the next login stays so.
    """
    days, today = int(rule["days"]), now // _DAY
    found: List[ConnectionRequest] = []
    for one in files.shadow:
        if not _has_password(one) or one["name"] in (rule.get("but") or []):
            continue
        last, ages = _number(one["lastday"]), 1 <= _number(one["max"]) <= days
        changed = last if one["lastday"].isdigit() and last <= today + 1 else today
        if not ages and last != 0:
            changed = max(changed, today - days + _GRACE if days > _GRACE else today)
        if str(changed) != one["lastday"]:
            found.append({"name": one["name"], "field": "lastday", "value": changed})
        if not ages:
            found.append({"name": one["name"], "field": "max", "value": days})
    return found


def close_default(files: Files, rule: Mapping[str, Any], now: int) -> List[ConnectionRequest]:
    """Return what closes accounts that come with systems. ``{names, keyed, but}``; ``keyed``: those that a key opens.

    A key opens an account whose password is locked; a date of expiry ends both, and the keys stay as they are.
    """
    names = {str(one).lower() for one in rule.get("names") or []}
    secrets = {one["name"]: one for one in files.shadow}
    found: List[ConnectionRequest] = []
    for one in files.passwd:
        name, secret = one["name"], secrets.get(one["name"])
        if name.lower() not in names or name in (rule.get("but") or []):
            continue
        open_here = _is_open(one)
        if open_here:
            found.append({"name": name, "to_shadow": True})
        if secret and (open_here or not secret["password"].startswith(("!", "*"))):
            found.append({"name": name, "lock": True})
        if name in (rule.get("keyed") or []) and secret and not _is_expired(secret, now):
            found.append({"name": name, "field": "expire", "value": 1})
    return found


def close_unused(files: Files, rule: Mapping[str, Any], now: int) -> List[ConnectionRequest]:
    """Return what closes accounts of people that nobody uses. ``{days, but, keyed, seen, since}``.

    ``seen`` is the time of the last login by account, ``since`` that of the oldest login of any record: who is in none
    is unused where the records reach back far enough. A date of expiry ends keys as well as passwords.
    """
    limit, since = now - int(rule["days"]) * _DAY, int(rule.get("since") or 0)
    secrets = {one["name"]: one for one in files.shadow}
    found: List[ConnectionRequest] = []
    for one in files.passwd:
        secret = secrets.get(one["name"])
        person = 1000 <= _number(one["uid"]) < 60000 and _LOGIN.match(one["shell"])
        if secret is None or not person or one["name"] in (rule.get("but") or []):
            continue
        opens = _is_open(secret) or one["name"] in (rule.get("keyed") or [])
        set_at = _number(secret["lastday"]) * _DAY
        young = set_at > 0 and limit <= set_at <= now + _DAY
        time = int((rule.get("seen") or {}).get(one["name"], 0))
        reached = time > 0 or 0 < since <= limit
        if opens and reached and time < limit and not young and not _is_expired(secret, now):
            found.append({"name": one["name"], "field": "expire", "value": 1})
    return found


def close_system(files: Files, rule: Mapping[str, Any], now: int) -> List[ConnectionRequest]:
    """Return what keeps accounts of the system from logging in. ``{most, allowed, shells, usual, but}``.

    Up to the uid ``most`` an account has one of ``shells``, the first of them where it has another, and no password
    that opens it; beyond it one whose shell is not in ``usual`` has no such password. Accounts of the number 0 are
    never touched.
    """
    most, shells, usual = int(rule["most"]), list(rule.get("shells") or []), rule.get("usual") or []
    kept = {*(rule.get("allowed") or []), *(rule.get("but") or [])}
    secrets = {one["name"]: one for one in files.shadow}
    found: List[ConnectionRequest] = []
    for one in files.passwd:
        name, uid = one["name"], _number(one["uid"])
        if uid == 0 or name in (rule.get("but") or []) or (uid <= most and name in kept):
            continue
        if uid <= most and shells and one["shell"].strip() not in shells:
            found.append({"name": name, "field": "shell", "value": shells[0]})
        elif uid > most and (not one["shell"].strip() or one["shell"].strip() in usual):
            continue
        if _is_open(one):
            found.append({"name": name, "to_shadow": True})
        secret = secrets.get(name)
        if (secret and not secret["password"].startswith(("!", "*"))) or (
            not secret and one["password"] and _is_open(one)
        ):
            found.append({"name": name, "lock": True})
    return found


def administrators(files: Files, rule: Mapping[str, Any], now: int) -> List[ConnectionRequest]:
    """Return what takes accounts out of the groups of administrators. ``{groups, allowed, but}``.

    A second account with the uid 0 is left. Who has such a group as its own gets the one that is named like the
    account, else ``users``, ``nogroup`` or ``nobody``.
    """
    admin = [str(one) for one in rule.get("groups") or []]
    allowed = {str(one).lower() for one in rule.get("allowed") or []}
    kept = {*(rule.get("but") or []), *(one["name"] for one in files.passwd if one["uid"] == "0")}
    numbers = {one["gid"] for one in files.group if one["name"] in admin}
    others = [one["name"] for one in files.group if one["name"] not in admin]
    found: List[ConnectionRequest] = []
    for group in files.group:
        names = _members(group) if group["name"] in admin else []
        wrong = [name for name in names if name.lower() not in allowed and name not in kept]
        found += [{"name": name, "not_member_of": group["name"]} for name in wrong]
    for one in files.passwd:
        name = one["name"]
        own = [group for group in (name, "users", "nogroup", "nobody") if group in others]
        if one["gid"] in numbers and name.lower() not in allowed and name not in kept and own:
            found.append({"name": name, "field": "gid", "value": own[0]})
    return found


RULES: Mapping[str, Callable[[Files, Mapping[str, Any], int], List[ConnectionRequest]]] = {
    "no_empty_password": no_empty_password,
    "hashes_in_shadow": hashes_in_shadow,
    "passwords_age": passwords_age,
    "close_default": close_default,
    "close_unused": close_unused,
    "close_system": close_system,
    "administrators": administrators,
}
"""The rules by the names that a spec may use."""


def _members(group: Line) -> List[str]:
    return [name for name in group["members"].split(",") if name]


def _number(value: str) -> int:
    return int(value) if re.match(r"-?[0-9]+\Z", value) else 0


def _is_open(line: Line) -> bool:
    """Tell whether a password that stands in this line may log in, or none is asked for."""
    return not re.match(r"[!*]|x\Z", line["password"])


def _has_password(secret: Line) -> bool:
    return bool(secret["password"]) and _is_open(secret)


def _is_expired(secret: Line, now: int) -> bool:
    return 0 < _number(secret["expire"]) <= now // _DAY
