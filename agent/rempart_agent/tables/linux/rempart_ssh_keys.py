"""Table rempart_ssh_keys: every public key that opens an account over SSH, wherever sshd looks for it.

Sources: the files that ``AuthorizedKeysFile`` names in any block of sshd's settings, with its tokens (``%u``, ``%h``,
``%U``) put in for each account of ``/etc/passwd``, and the two of each home that sshd goes by unless it is told
otherwise. ``live`` is 1 where sshd takes the key, 0 where it does not (a file that it does not read, a key that has
expired by ``expiry-time``, keys switched off), and NULL for the reason in ``why``, such as a file that can't be read.
A row with the username ``*`` and no key stands for a source that can't be listed: a program
(``AuthorizedKeysCommand``), an authority that signs (``TrustedUserCAKeys``), or settings that can't be read.
"""

import re
import stat
import time
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.readers.files import account
from rempart_agent.said import Why, listed
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Denied,
    Loop,
    Missing,
    Query,
    Row,
    SourceError,
    Value,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("username", TEXT, index=True),
    Column("uid", BIGINT),
    Column("algorithm", TEXT),
    Column("comment", TEXT),
    Column("key_file", TEXT),
    Column("live", INTEGER),
    Column("why", TEXT),
)

_HOME = (".ssh/authorized_keys", ".ssh/authorized_keys2")
_MOST = 4 * 1024 * 1024
_DROPBEAR = "/etc/dropbear/authorized_keys"
_EXPIRY = re.compile(r'(?:^|,)expiry-time="?([0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?)(Z?)"?', re.IGNORECASE)


class _Settings(NamedTuple):
    """What sshd is told: places by word, whether it takes keys, and what can't be listed."""

    places: Tuple[str, ...]
    keys: bool
    elsewhere: Tuple[str, ...]
    unread: str


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each key of each account."""
    made: List[Row] = target.shared("ssh keys", lambda: list(_rows(target)))
    return iter(made)


def _rows(target: Target) -> Iterator[Row]:
    settings = _settings(target)
    for why in settings.elsewhere:
        yield {"username": "*", "live": None, "why": why}
    if settings.unread:
        yield {"username": "*", "live": None, "why": settings.unread}
    seen: Set[Tuple[str, str]] = set()
    for who in account.parse_accounts(target.text(account.PASSWD)):
        for path, read in _files(who, settings):
            if (who.name, path) not in seen:
                seen.add((who.name, path))
                for key in _keys(target, path):
                    yield dict(key, username=who.name, uid=who.uid, key_file=path, **_live(key, read, settings))


def _live(key: Dict[str, Value], read: bool, settings: _Settings) -> Dict[str, Value]:
    if "why" in key:
        return {"live": None if read else 0}
    if _expired(str(key.pop("options", ""))):
        return {"live": 0, "why": Why("the key has expired")}
    if not read:
        return {"live": 0, "why": Why("sshd does not read this file")}
    if not settings.keys:
        return {"live": 0, "why": "PubkeyAuthentication no"}
    return {"live": None if settings.unread else 1, "why": settings.unread}


def _settings(target: Target) -> _Settings:
    from rempart_agent.tables.linux import rempart_sshd_config

    values: Dict[str, List[str]] = {}
    unread: Dict[str, None] = {}
    try:
        for row in rempart_sshd_config.rows(target, Query()):
            if row["value"] is not None:
                values.setdefault(str(row["option"]), []).append(str(row["value"]))
            elif row["option"] == "authorizedkeysfile":
                values.setdefault("authorizedkeysfile", []).append(" ".join(_HOME))
                if "dropbear" not in str(row["daemon"]):
                    unread[Why("sshd's settings: {why}", why=row.get("why", ""))] = None
    except Missing:
        return _Settings(_HOME, keys=True, elsewhere=(), unread="")
    except Denied:
        raise
    except SourceError as error:
        return _Settings(_HOME, keys=True, elsewhere=(), unread=Why("sshd's settings: {why}", why=error))
    places = [
        word.strip('"') for value in values.get("authorizedkeysfile", [" ".join(_HOME)]) for word in value.split()
    ]
    told = [
        "{} {}".format(name, value)
        for name in ("AuthorizedKeysCommand", "TrustedUserCAKeys")
        for value in values.get(name.lower(), [])
        if value.lower() not in ("", "none")
    ]
    keys = any(v.lower() != "no" for v in values.get("pubkeyauthentication", ["yes"]))
    return _Settings(tuple(p for p in places if p.lower() != "none"), keys, tuple(sorted({*told})), listed(unread))


def _files(who: account.Account, settings: _Settings) -> Iterator[Tuple[str, bool]]:
    home = who.directory.rstrip("/")
    tokens = {"%": "%", "h": home, "u": who.name, "U": str(who.uid)}
    for place in settings.places:
        path = re.sub("%(.)", lambda m: tokens.get(m.group(1), m.group()), place)
        if path.startswith("/"):
            yield path, True
        elif home.startswith("/") or not home:
            yield home + "/" + path, True
    if home.startswith("/"):
        for name in _HOME:
            yield home + "/" + name, False
    if who.uid == 0:
        yield _DROPBEAR, True


def _keys(target: Target, path: str) -> Iterator[Dict[str, Value]]:
    from rempart_agent.tables.linux import authorized_keys

    try:
        if not stat.S_ISREG(target.stat(path).st_mode):  # sshd opens nothing else either
            return
        text = target.text(path, _MOST)
    except (Missing, Loop):
        return
    except SourceError as error:  # of one account alone: nobody hides the others' keys by a file of his own
        yield {"why": error.why}
        return
    for key in authorized_keys.parse(text):
        if "algorithm" in key:
            yield {name: key[name] for name in ("algorithm", "comment", "options")}


def _expired(options: str, now: Optional[float] = None) -> bool:
    """Tell whether ``expiry-time`` has passed: YYYYMMDD, with HHMM and SS, in UTC before a Z (sshd(8))."""
    found = _EXPIRY.search(options)
    if not found:
        return False
    digits = found.group(1).ljust(14, "0")
    moment = time.gmtime() if found.group(2) else time.localtime()
    if now is not None:
        moment = time.gmtime(now) if found.group(2) else time.localtime(now)
    return digits <= time.strftime("%Y%m%d%H%M%S", moment)
