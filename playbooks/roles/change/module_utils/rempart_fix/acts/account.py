"""Accounts and groups field by field, under the lock of useradd and passwd: a value, a lock, a member, a line of ours.

Specs, each of which names an account (``name``) or, for the line of a group, a ``group``:

- ``{name, field, value}``: a field of shadow or passwd (``max``, ``lastday``, ``expire``, ``shell``, ``gid`` …);
- ``{name, lock: true}``: a ``!`` before the password, which stays as it is behind it;
- ``{name, member_of: GROUP}``, ``{name, not_member_of: GROUP}``: one member of a list;
- ``{name, to_shadow: true}``: a hash that stands in passwd goes to shadow; where none does, shadow decides;
- ``{group, make: true, system: true}`` and ``{name, make: true, …}``: a line of our own, taken back only where nothing
  uses it.

No act holds a hash: what would be one is told by a digest.
"""

import re
import shlex
from typing import Any, List, Mapping, Optional, Tuple

from .. import exchange
from ..account_use import find_member, find_use_of_account, find_use_of_group
from ..contract import BACK, NONE, Act, Moved, Refusal, Show, Text, Undone
from ..entries import (
    FIELDS,
    NAME,
    add_line,
    add_member,
    digest,
    drop_line,
    drop_member,
    free_number,
    get_field,
    get_line,
    is_secret,
    members,
    neighbour,
    put_field,
)
from ..paths import find_real
from ..place import Place
from ..pwdlock import hold
from ..rewrite import replace
from ..sight import Sight

_SHADOW = frozenset(FIELDS["shadow"][2:])
_PASSWD = frozenset({"uid", "gid", "gecos", "home", "shell"})
_NUMBERS = frozenset({"uid", "gid"}) | _SHADOW
MEMBER = re.compile(r"[^:,\s][^:,\n\0]*\Z")
"""Who may be taken out of a group: names of a directory have other signs."""
_RANGE = {"system": (101, 999), "people": (1000, 59999)}


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the acts of one spec."""
    name = str(spec.get("name") or spec.get("group") or "")
    if not (MEMBER if spec.get("not_member_of") else NAME).match(name):
        raise Refusal(f"{name!r} is no name of an account", f"{name!r} n’est pas un nom de compte")
    if spec.get("make"):
        return _make_group(name, spec, sight) if "group" in spec else _make_account(name, spec, sight)
    if spec.get("lock"):
        return _lock(name, sight)
    if spec.get("to_shadow"):
        return _to_shadow(name, sight)
    if "member_of" in spec or "not_member_of" in spec:
        return _member(name, str(spec.get("member_of") or spec["not_member_of"]), sight, wanted="member_of" in spec)
    return _set(name, str(spec["field"]), str(spec["value"]), sight)


def _read(sight: Sight, file: str) -> str:
    data = sight.read("/etc/" + file)
    return "" if data is None else data.decode("utf-8", "surrogateescape")


def _act(sight: Sight, file: str, name: str, field: str, how: str, before: Any, after: Any, **more: Any) -> Act:
    act: Act = {"kind": "account", "target": f"{file}[{name}].{field}" if field else f"{file}[{name}]", "file": file}
    act.update({"name": name, "field": field, "how": how, "before": before, "after": after}, **more)
    sight.plan(
        "content",
        "/etc/" + file,
        _apply(_read(sight, file), act, _read(sight, "passwd")).encode("utf-8", "surrogateescape"),
    )
    return act


def _lacks(name: str, file: str) -> Refusal:
    return Refusal(f"{name} has no line in /etc/{file}", f"{name} n’a pas de ligne dans /etc/{file}")


def _set(name: str, field: str, value: str, sight: Sight) -> List[Act]:
    file = "shadow" if field in _SHADOW else "passwd"
    if field not in _SHADOW | _PASSWD:
        raise Refusal(
            f"{field!r} is no field that is set by its value", f"{field!r} n’est pas un champ qu’on fixe ainsi"
        )
    if field == "gid" and not value.isdigit():
        value = get_field(_read(sight, "group"), "group", value, "gid") or value
    now = get_field(_read(sight, file), file, name, field)
    if now is None:
        raise _lacks(name, file)
    if (field in _NUMBERS and value and not value.isdigit()) or any(sign in value for sign in ":\n\r\0"):
        raise Refusal(f"{value!r} can't be the {field} of {name}", f"{value!r} ne peut être le {field} de {name}")
    return [] if now == value else [_act(sight, file, name, field, "set", now, value)]


def _lock(name: str, sight: Sight) -> List[Act]:
    now = get_field(_read(sight, "shadow"), "shadow", name, "password")
    if now is None:
        raise _lacks(name, "shadow")
    if now.startswith(("!", "*")):
        return []
    told = digest(now)
    return [_act(sight, "shadow", name, "password", "lock", {"locked": False}, {"locked": True}, rest=told)]


def _member(name: str, group: str, sight: Sight, *, wanted: bool) -> List[Act]:
    if not NAME.match(group):
        raise Refusal(f"{group!r} is no name of a group", f"{group!r} n’est pas un nom de groupe")
    found: List[Act] = []
    for file in ("gshadow", "group"):
        now = get_field(_read(sight, file), file, group, "members")
        if now is None and file == "group" and wanted:
            raise Refusal(f"there is no group {group}", f"le groupe {group} n’existe pas")
        if now is None or (name in members(now)) == wanted:
            continue
        left = "" if wanted else neighbour(now, name)
        act = _act(sight, file, group, "members", "member", {"in": not wanted}, {"in": wanted}, member=name, left=left)
        act["target"] = f"{file}[{group}].members {name}"
        found.append(act)
    return found


def _to_shadow(name: str, sight: Sight) -> List[Act]:
    hashed = get_field(_read(sight, "passwd"), "passwd", name, "password")
    if hashed is None:
        raise _lacks(name, "passwd")
    if hashed == "x":
        return []
    if not hashed:  # no secret to be moved: shadow decides from now on
        return [_act(sight, "passwd", name, "password", "set", "", "x")]
    shadow = _read(sight, "shadow")
    there = get_field(shadow, "shadow", name, "password")
    if there is not None and is_secret(there):
        raise Refusal(
            f"{name} has a password in passwd and another in shadow: remove one by hand",
            f"{name} a un mot de passe dans passwd et un autre dans shadow\u00a0: supprimez-en un à la main",
        )
    told = digest(hashed)
    return [
        _act(sight, "shadow", name, "password", "fetch", there, {"digest": told}),
        _act(sight, "passwd", name, "password", "refer", {"digest": told}, "x"),
    ]


def _choose_number(sight: Sight, file: str, spec: Mapping[str, Any], *, named: str) -> str:
    first, last = _RANGE["system" if spec.get("system") else "people"]
    given = spec.get(named)
    number = (
        int(given)
        if given is not None
        else free_number([_read(sight, "passwd"), _read(sight, "group")], 2, first, last)
    )
    if number is None:
        raise Refusal(f"no number is free in /etc/{file}", f"aucun numéro n’est libre dans /etc/{file}")
    return str(number)


def _make_group(name: str, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    if get_line(_read(sight, "group"), "group", name) is not None:
        return []
    number = _choose_number(sight, "group", spec, named="gid")
    acts = []
    if sight.read("/etc/gshadow") is not None:
        acts.append(_act(sight, "gshadow", name, "", "line", None, f"{name}:!::"))
    return [*acts, _act(sight, "group", name, "", "line", None, f"{name}:x:{number}:")]


def _make_account(name: str, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    if get_line(_read(sight, "passwd"), "passwd", name) is not None:
        return []
    acts = _make_group(name, spec, sight)
    gid = get_field(_read(sight, "group"), "group", name, "gid")
    taken = [line.split(":")[2] for line in _read(sight, "passwd").splitlines() if line.count(":") == 6]
    number = gid if gid not in taken and "uid" not in spec else _choose_number(sight, "passwd", spec, named="uid")
    home, shell = str(spec.get("home", "/nonexistent")), str(spec.get("shell", "/usr/sbin/nologin"))
    acts.append(_act(sight, "shadow", name, "", "line", None, f"{name}:!*:::::::"))
    line = f"{name}:x:{number}:{gid}:{spec.get('gecos', '')}:{home}:{shell}"
    if line.count(":") != 6 or "\n" in line:
        raise Refusal(f"{line!r} is no line of passwd", f"{line!r} n’est pas une ligne de passwd")
    return [*acts, _act(sight, "passwd", name, "", "line", None, line)]


def _state(text: str, act: Act, other: str = "") -> str:
    """Return how an act stands in the text of its file; ``other`` is that of shadow, for what refers to it."""
    file, name, how = act["file"], act["name"], act["how"]
    if how == "line":
        now = get_line(text, file, name)
        if now is None:
            return "before"
        # who was put into a list since is a use of it, and asked for there
        lists = -1 if file in ("group", "gshadow") else None
        return "after" if now.split(":")[:lists] == act["after"].split(":")[:lists] else "moved"
    now = get_field(text, file, name, act["field"])
    if how == "fetch":
        fits = {act["before"]: "before"} if now is None or not is_secret(now) else {}
        return "after" if _is_hash(now, act["after"]["digest"]) else fits.get(now, "moved")
    if now is None:
        return "moved"
    if how == "lock":
        locked, rest = now.startswith("!"), now[1:] if now.startswith("!") else now
        if digest(rest) != act["rest"]:
            return "moved"
        return "after" if locked else "before"
    if how == "member":
        return "after" if (act["member"] in members(now)) == act["after"]["in"] else "before"
    if how == "refer":
        if now == "x":
            hashed = get_field(other, "shadow", name, "password")
            return "after" if _is_hash(hashed, act["before"]["digest"]) else "moved"
        return "before" if digest(now) == act["before"]["digest"] else "moved"
    return "after" if now == act["after"] else "before" if now == act["before"] else "moved"


def _is_hash(now: Optional[str], told: str) -> bool:
    """Tell whether a field holds the hash of a digest; a lock before it may have come since."""
    return now is not None and told in (digest(now), digest(now[1:] if now.startswith("!") else now))


def _apply(text: str, act: Act, other: str = "") -> str:
    """Return the text with the act done; ``other`` is that of passwd, for a hash that is fetched from there."""
    file, name, field, how = act["file"], act["name"], act["field"], act["how"]
    if how == "line":
        return add_line(text, act["after"])
    now = get_field(text, file, name, field)
    if how == "fetch":
        hashed = get_field(other, "passwd", name, "password") or ""
        return add_line(text, f"{name}:{hashed}:::::::") if now is None else put_field(text, file, name, field, hashed)
    if how == "lock":
        return put_field(text, file, name, field, "!" + (now or ""))
    if how == "member":
        changed = add_member if act["after"]["in"] else drop_member
        return put_field(text, file, name, field, changed(now or "", act["member"]))
    return put_field(text, file, name, field, act["after"])


def _revert(text: str, act: Act, other: str = "") -> str:
    """Return the text with the act taken back; ``other`` is that of shadow, for a hash that goes back to passwd."""
    file, name, field, how = act["file"], act["name"], act["field"], act["how"]
    if how == "line" or (how == "fetch" and act["before"] is None):
        return drop_line(text, file, name)
    if how == "refer":
        return put_field(text, file, name, field, get_field(other, "shadow", name, "password") or "")
    now = get_field(text, file, name, field) or ""
    if how == "lock":
        return put_field(text, file, name, field, now[1:] if now.startswith("!") else now)
    if how == "member":
        value = drop_member(now, act["member"]) if act["after"]["in"] else add_member(now, act["member"], act["left"])
        return put_field(text, file, name, field, value)
    return put_field(text, file, name, field, act["before"])


def _load(place: Place, file: str) -> str:
    try:
        return exchange.read(place, find_real(place, "/etc/" + file)).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def _other(place: Place, act: Act) -> str:
    return (
        _load(place, {"fetch": "passwd", "refer": "shadow"}.get(act["how"], ""))
        if act["how"] in ("fetch", "refer")
        else ""
    )


def _store(place: Place, act: Act, old: str, new: str) -> None:
    replace(
        place, "/etc/" + act["file"], old.encode("utf-8", "surrogateescape"), new.encode("utf-8", "surrogateescape")
    )


def do(act: Act, place: Place) -> Act:
    """Write the one field, under the lock."""
    with hold(place):
        text = _load(place, act["file"])
        state = _state(text, act, _other(place, act) if act["how"] == "refer" else "")
        if state != "before":
            raise Moved(f"{act['target']} was changed meanwhile", f"{act['target']} a été modifié entre-temps")
        _store(place, act, text, _apply(text, act, _other(place, act)))
    return act


def look(act: Act, place: Place) -> str:
    """Return how it stands."""
    return _state(_load(place, act["file"]), act, _other(place, act) if act["how"] == "refer" else "")


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """Take the one field back, where it is as we left it."""
    # who uses it is looked for before the lock is held: useradd and passwd give up after 15 seconds
    used = (
        _find_use(_load(place, act["file"]), act, place)
        if act["how"] == "line" and look(act, place) != "before"
        else NONE
    )
    with hold(place):
        text = _load(place, act["file"])
        other = _other(place, act) if act["how"] == "refer" else ""
        state = _state(text, act, other)
        if state == "before":
            return BACK
        forced = force and act["how"] not in ("fetch", "refer") and get_line(text, act["file"], act["name"]) is not None
        if state == "moved" and not forced:
            return Undone("moved", _why_moved(text, act), _by_hand(act))
        if act["how"] == "line":
            used = used if used[0] else _find_entry(text, act, place)
            if used[0]:
                return Undone("stays", used, _by_hand(act))
        new = _revert(text, act, other)
        if dry:
            path = find_real(place, "/etc/" + act["file"])
            held = place.hold(new.encode("utf-8", "surrogateescape"))
            place.pretended[path] = dict(exchange.look(place, path), sha256=held)
        else:
            _store(place, act, text, new)
    return BACK


def _why_moved(text: str, act: Act) -> Tuple[str, str]:
    if get_line(text, act["file"], act["name"]) is None:
        return f"{act['name']} is gone from /etc/{act['file']}", f"{act['name']} n’est plus dans /etc/{act['file']}"
    if act["how"] == "lock":
        return "the password was changed since", "le mot de passe a été modifié depuis"
    return "it was changed since", "modifié depuis"


def _by_hand(act: Act) -> str:
    name, how, field, before = act["name"], act["how"], act["field"], act["before"]
    if how == "lock":
        return f"usermod --unlock {name}"
    if how == "member":
        return f"gpasswd --{'delete' if act['after']['in'] else 'add'} {shlex.quote(act['member'])} {name}"
    if how == "line":
        return f"{'groupdel' if act['file'] in ('group', 'gshadow') else 'userdel'} {name}"
    options = {
        "lastday": "chage --lastday", "min": "chage --mindays", "max": "chage --maxdays", "warn": "chage --warndays",
        "inactive": "chage --inactive", "expire": "chage --expiredate", "shell": "usermod --shell",
        "home": "usermod --home", "gid": "usermod --gid", "uid": "usermod --uid", "gecos": "usermod --comment",
    }  # fmt: skip
    if how == "set" and field in options:
        return f"{options[field]} {before or '-1'} {name}"
    return "vipw" if act["file"] == "passwd" else "vipw -s"


def _find_entry(text: str, act: Act, place: Place) -> Text:
    """Return what the files of accounts themselves say against taking a line out."""
    file, name = act["file"], act["name"]
    if file in ("shadow", "gshadow"):
        first = {"shadow": "passwd", "gshadow": "group"}[file]
        if get_line(_load(place, first), first, name) is not None:
            return f"{name} is still in /etc/{first}", f"{name} est encore dans /etc/{first}"
    if file == "group":
        listed = get_field(text, "group", name, "members") or ""
        return find_member(name, act["after"].split(":")[2], _load(place, "passwd"), listed)
    return NONE


def _find_use(text: str, act: Act, place: Place) -> Text:
    """Return what uses an account or a group: it may take a minute."""
    found = _find_entry(text, act, place)
    if found[0] or act["file"] in ("shadow", "gshadow"):
        return found
    number = int(act["after"].split(":")[2])
    find = find_use_of_account if act["file"] == "passwd" else find_use_of_group
    return find(place, act["name"], number)


def settle(act: Act, place: Place) -> str:
    """Tell whether it happened: each write is whole or none."""
    return {"after": "done", "before": "void"}.get(look(act, place), "unclear")


def show(act: Act, place: Place) -> Show:
    """Return how it reads: of a password, only whether it is locked."""
    how, field = act["how"], act["field"]
    if how == "lock":
        return Show(act["target"], "a password", "the same, locked")
    if how == "member":
        words = {True: "member", False: "no member"}
        return Show(act["target"], words[act["before"]["in"]], words[act["after"]["in"]])
    if how == "fetch":
        return Show(act["target"], "no password", "the password of passwd")
    if how == "refer":
        return Show(act["target"], "a password", "x")
    if field == "password":
        return Show(act["target"], "no password", "what shadow says")
    return Show(act["target"], act["before"] or "", act["after"] or "")
