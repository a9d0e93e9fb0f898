"""Owner, group, mode and ACL as a spec names them, and as a state holds them."""

from typing import Any, Dict, Mapping, Optional, Set

from . import acl
from .calls import State
from .contract import Refusal
from .place import Place
from .sight import Sight

_ACL = {"users", "groups", "members", "rights"}


def dress_spec(spec: Mapping[str, Any], now: State, sight: Sight) -> State:
    """Return a state of a file with what a spec says of owner, mode and ACL; the rest stays as it is now.

    Raises:
        Refusal: It names an account or group that there is not.
    """
    new = now["type"] == "absent"
    after: State = {"type": "file", "mode": 0o644, "uid": 0, "gid": 0} if new else dict(now)
    for key, file in (("owner", "passwd"), ("group", "group")):
        if spec.get(key) is not None:
            after["uid" if key == "owner" else "gid"] = _find_id(str(spec[key]), file, sight)
    lists = spec.get("acl")
    if lists == "none":
        after = acl.drop(after)
    now_mode = acl.own_mode(after) if lists else after["mode"]
    mode = now_mode if spec.get("mode") is None else read_mode(spec["mode"], now_mode)
    if isinstance(lists, Mapping):
        return acl.limit(after, _kept(lists, after, sight), mode)
    return acl.change_mode(after, mode)


def _kept(spec: Mapping[str, Any], state: State, sight: Sight) -> acl.Kept:
    """Return whose entries of an access list stay: root's, the owner's, and those that a spec names where they are."""
    known = {file: _read_names(sight.read("/etc/" + file)) for file in ("passwd", "group")}
    found: Dict[str, Set[int]] = {"passwd": {0, state["uid"]}, "group": {0}}
    for key, file in (("users", "passwd"), ("groups", "group")):
        for one in spec.get(key) or []:
            number = int(one) if str(one).isdigit() else known[file].get(str(one))
            found[file].update([] if number is None else [number])
    if spec.get("members"):
        found["passwd"] |= _members(found["group"] - {0}, known["passwd"], sight)
    rights = sum({"r": 4, "w": 2, "x": 1}.get(bit, 0) for bit in set(str(spec.get("rights", "rwx"))))
    return acl.Kept(found["passwd"], found["group"], rights)


def _members(groups: Set[int], accounts: Mapping[str, int], sight: Sight) -> Set[int]:
    found: Set[int] = set()
    for file, column in (("passwd", 3), ("group", 2)):
        for line in (sight.read("/etc/" + file) or b"").decode("utf-8", "replace").splitlines():
            fields = line.split(":")
            if len(fields) > column and fields[column].isdigit() and int(fields[column]) in groups:
                names = [fields[0]] if file == "passwd" else fields[3].split(",") if len(fields) > 3 else []
                found.update(accounts[name] for name in names if name in accounts)
    return found


def read_mode(word: Any, now: int) -> int:
    """Return a mode: octal as in ``"0640"``, or what is to be taken away, as in ``go-w`` and ``o-rwx``."""
    text = str(word)
    if text.isdigit():
        return int(text, 8)
    mode = now
    for one in text.split(","):
        who, sign, bits = _split_mode(one)
        value = sum({"r": 4, "w": 2, "x": 1}.get(bit, 0) for bit in set(bits))
        shift = {"u": 6, "g": 3, "o": 0}
        mask = sum(value << shift[one] for one in set(who))
        if "s" in bits:
            mask |= (0o4000 if "u" in who else 0) | (0o2000 if "g" in who else 0)
        if "t" in bits:
            mask |= 0o1000
        mode = mode | mask if sign == "+" else mode & ~mask
    return mode


def is_mode(word: Any) -> bool:
    """Tell whether a word is a mode that is understood."""
    text = str(word)
    if text.isdigit():
        return len(text) in (3, 4) and all(sign in "01234567" for sign in text)
    try:
        return all(_split_mode(one) for one in text.split(","))
    except ValueError:
        return False


def is_acl(word: Any) -> bool:
    """Tell whether a spec for an access list is understood."""
    if not isinstance(word, Mapping):
        return bool(word == "none")
    lists = all(isinstance(word.get(name, []), list) for name in ("users", "groups"))
    rights = word.get("rights", "r")
    return lists and isinstance(rights, str) and not set(rights) - set("rwx") and not set(word) - _ACL


def _split_mode(one: str) -> "tuple[str, str, str]":
    for sign in "-+":
        who, found, bits = one.partition(sign)
        if found and bits and not set(bits) - set("rwxst") and not set(who) - set("ugoa"):
            return ("ugo" if who in ("", "a") else who), sign, bits
    raise ValueError(one)


def _find_id(name: str, file: str, sight: Sight) -> int:
    if name.isdigit():
        return int(name)
    found = _read_names(sight.read("/etc/" + file)).get(name)
    if found is None and sight.place.root == "/":
        found = _ask(name, file)  # a directory service may know it
    if found is None:
        raise Refusal(f"there is no {name!r} in /etc/{file}", f"{name!r} n’est pas dans /etc/{file}")
    return found


def _ask(name: str, file: str) -> Optional[int]:
    import grp
    import pwd

    try:
        return pwd.getpwnam(name).pw_uid if file == "passwd" else grp.getgrnam(name).gr_gid
    except KeyError:
        return None


def _read_names(data: Optional[bytes]) -> Dict[str, int]:
    found: Dict[str, int] = {}
    for line in (data or b"").decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[2].isdigit():
            found.setdefault(fields[0], int(fields[2]))
    return found


def name_owner(place: Place, state: State) -> str:
    """Return owner and group by name, where the endpoint's files know them."""
    words = []
    for key, file in (("uid", "passwd"), ("gid", "group")):
        if file not in place.names:
            try:
                with open(place.at("/etc/" + file), "rb") as opened:
                    found = list(_read_names(opened.read()).items())
            except OSError:
                found = []
            place.names[file] = {number: name for name, number in reversed(found)}
        words.append(place.names[file].get(state[key], str(state[key])))
    return ":".join(words)
