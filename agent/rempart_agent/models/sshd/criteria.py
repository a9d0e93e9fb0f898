"""The criteria of a Match line: their grammar, and whether a connection fits (match_cfg_line)."""

from typing import List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models.sshd import pattern
from rempart_agent.models.sshd.scalar import Refused, port

_TAKING = ("user", "group", "host", "address", "localaddress", "localport", "rdomain", "version")


class Connection(NamedTuple):
    """A connection that options are asked for.

    Attributes:
        user: The account.
        groups: The names of its groups.
        host: The caller's name.
        address: The caller's address.
        own_address: The address that was called.
        own_port: The port that was called.
        exists: Whether there is such an account.
    """

    user: str
    groups: Tuple[str, ...]
    host: str
    address: str
    own_address: str
    own_port: int
    exists: bool = True


class Criterion(NamedTuple):
    """One criterion and what it is held against."""

    name: str
    value: str = ""


def parse(words: Sequence[str], version: Tuple[int, int]) -> List[Criterion]:
    """Return the criteria of a Match line.

    Args:
        words: What follows ``Match``, a word each.
        version: Of OpenSSH, major and minor: it decides which criteria there are.

    Raises:
        Refused: sshd does not take the line.
    """
    if not words:
        raise Refused("Match without criteria")
    found: List[Criterion] = []
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        name = word.lower()
        if name == "all":
            if found or len(words) > 1:
                raise Refused("all does not stand alone")
            return [Criterion("all")]
        if name == "invalid-user" and version >= (9, 9):
            found.append(Criterion(name))
            continue
        key, equals, rest = word.partition("=")
        if equals and key.lower() in _TAKING and version >= (9, 9):
            name, value = key.lower(), rest
        else:
            value = words[at] if at < len(words) else ""
            at += 1
        if not value:
            raise Refused("Match {name} without a value", name=name)
        if name not in _TAKING or (name == "version" and version < (10, 0)):
            raise Refused("an unknown criterion of Match: {name}", name=name)
        if name in ("address", "localaddress") and pattern.addresses_match(None, value) != 0:
            raise Refused("no list of addresses: {value}", value=value)
        if name == "localport":
            port(value, least=0)
        found.append(Criterion(name, value))
    return found


def fits(criteria: Sequence[Criterion], to: Optional[Connection], release: str) -> bool:
    """Tell whether all criteria fit a connection; None is sshd's start, before there is one.

    Args:
        criteria: Those of one Match line.
        to: The connection.
        release: OpenSSH's release, ``OpenSSH_10.0p2``.
    """
    return all(_fits(criterion, to, release) for criterion in criteria)


def _fits(criterion: Criterion, to: Optional[Connection], release: str) -> bool:
    name, value = criterion
    if name == "all":
        return True
    if name == "version":
        return pattern.list_matches(release, value) == 1
    if to is None or name == "rdomain":
        return False
    if name == "invalid-user":
        return not to.exists
    if name == "user":
        return pattern.list_matches(to.user, value) == 1
    if name == "group":
        answers = [pattern.list_matches(group, value) for group in to.groups]
        return -1 not in answers and 1 in answers
    if name == "host":
        return pattern.list_matches(to.host.lower(), value, lower=True) == 1
    if name == "localport":
        return int(value) == to.own_port
    return pattern.addresses_match(to.address if name == "address" else to.own_address, value) == 1


def text(criteria: Sequence[Criterion]) -> str:
    """Return criteria as one text."""
    return " ".join(c.name if not c.value else c.name + " " + c.value for c in criteria)
