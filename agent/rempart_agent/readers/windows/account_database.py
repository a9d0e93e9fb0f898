r"""The account database of a Windows machine: ``HKEY_LOCAL_MACHINE\SAM\SAM\Domains``.

Windows takes who is in a local group from two places, the record of the group and the list by members; here a member of
either one is a member. Likewise a name leads to a number, and the number to a record: where the two differ somebody
logs on as another account, and nothing here is believed. Sources: see ``formats/sam.py``.

The accounts of a domain controller are those of its directory, which is no hive: they are not observable.
"""

import struct
from typing import Dict, Iterator, List, NamedTuple, Tuple

from rempart_agent.formats import sam, sid
from rempart_agent.source.contract import Malformed, Missing, NotObservable
from rempart_agent.source.registry import Key, fold, text_of
from rempart_agent.source.target import Target

_DOMAINS = "HKEY_LOCAL_MACHINE\\SAM\\SAM\\Domains\\"
_PRODUCT = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions"
_BUILTIN = "S-1-5-32"
MOST = 50_000
"""The most accounts, groups and entries of a list of members."""


class Group(NamedTuple):
    """One local group.

    Attributes:
        sid: Its security identifier.
        rid: The last number of it: 544 is Administrators, in every language.
        name: Its name, in the language of the installation.
        comment: Its description.
        members: The security identifiers of its members, those of a directory too.
    """

    sid: str
    rid: int
    name: str
    comment: str
    members: Tuple[str, ...]


class Database(NamedTuple):
    """What the account database holds.

    Attributes:
        machine: The machine's security identifier, with which those of its accounts begin.
        users: Its accounts.
        groups: Its local groups, those that are built in first.
        policy: The password policy.
        places: Each member of a group to the places of its groups in ``groups``.
    """

    machine: str
    users: Tuple[sam.User, ...]
    groups: Tuple[Group, ...]
    policy: sam.Policy
    places: Dict[str, List[int]]

    def sid_of(self, user: sam.User) -> str:
        """Return the security identifier of an account."""
        return "{}-{}".format(self.machine, user.rid)

    def groups_of(self, account: str, primary: int = 0) -> List[int]:
        """Return the numbers of the local groups that an account is in, by itself or by its primary group.

        Args:
            account: Its security identifier.
            primary: The number of its primary group; 0 where it is not known.
        """
        places = set(self.places.get(account, ()))
        if primary:
            places.update(self.places.get("{}-{}".format(self.machine, primary), ()))
        return [self.groups[place].rid for place in sorted(places)]


def read(target: Target) -> Database:
    """Return the account database of a target; it is read once.

    Args:
        target: What is looked at.

    Raises:
        SourceError: it can't be read or understood; ``NotObservable`` on a domain controller.
    """
    return target.shared("windows accounts", lambda: _read(target))


def _read(target: Target) -> Database:
    product = text_of(target.registry(_PRODUCT), "ProductType")
    if fold(product) == "LANMANNT":
        raise NotObservable("the accounts of a domain controller are in its directory")
    if fold(product) not in ("WINNT", "SERVERNT"):
        raise Malformed(
            "ProductOptions: whether this is a domain controller is not told ({product})", product=repr(product[:40])
        )
    account, builtin = _key(target, "Account"), _key(target, "Builtin")
    machine = sam.machine_sid(_raw(account, "V"))
    groups = (*_groups(builtin, _BUILTIN), *_groups(account, machine))
    places: Dict[str, List[int]] = {}
    for place, group in enumerate(groups):
        for member in group.members:
            places.setdefault(member, []).append(place)
    return Database(machine, tuple(_users(account)), groups, sam.policy(_raw(account, "F")), places)


def _users(domain: Key) -> Iterator[sam.User]:
    users = _below(domain, "Users")
    found: Dict[str, int] = {}
    for key in _records(users):
        user = sam.user(key.name, _raw(key, "F"), _raw(key, "V"))
        if found.setdefault(fold(user.name), user.rid) != user.rid:
            raise Malformed("SAM: two accounts have the name {name}", name=repr(user.name[:80]))
        yield user
    for name, number in _names(users):
        if found.get(fold(name)) != number:
            raise Malformed(
                "SAM: the name {name} leads to account {number}, which has another", name=repr(name[:80]), number=number
            )


def _names(users: Key) -> Iterator[Tuple[str, int]]:
    """Yield each name of the list, and the number of the account to which it leads: the type of its default value."""
    for key in _below(users, "Names").subkeys():
        value = key.value("")
        if value is None:
            raise Malformed("SAM: the name {name} leads to no account", name=repr(key.name[:80]))
        yield key.name, value.type


def _groups(domain: Key, prefix: str) -> Iterator[Group]:
    aliases = _below(domain, "Aliases")
    listed = _listed(_below(aliases, "Members"))
    for key in _records(aliases):
        alias = sam.alias(key.name, _raw(key, "C"))
        members = dict.fromkeys([*alias.members, *listed.pop(alias.rid, [])])
        yield Group("{}-{}".format(prefix, alias.rid), alias.rid, alias.name, alias.comment, tuple(members))
    if listed:
        raise Malformed("SAM: group {listed} has members and no record", listed=min(listed))


def _listed(members: Key) -> Dict[int, List[str]]:
    """Return the number of each local group to its members, from the list by members."""
    found: Dict[int, List[str]] = {}
    count = 0
    for domain in members.subkeys():
        for key in domain.subkeys():
            number = sam.key_number(key.name)
            value = key.value("")
            member = "{}-{}".format(domain.name, number)
            if number is None or value is None or not sid.is_sid(member) or len(value.raw) % 4:
                raise Malformed(
                    "SAM: the groups of {name} can't be understood", name=repr((domain.name + "-" + key.name)[:200])
                )
            for (group,) in struct.iter_unpack("<I", value.raw):
                found.setdefault(group, []).append(member)
                count += 1
                if count > MOST:
                    raise Malformed("SAM: more than {most} members of groups", most=MOST)
    return found


def _records(parent: Key) -> Iterator[Key]:
    for count, key in enumerate(key for key in parent.subkeys() if sam.is_record(key.name)):
        if count == MOST:
            raise Malformed("SAM: more than {most} records in {name}", most=MOST, name=parent.name[:80])
        yield key


def _key(target: Target, name: str) -> Key:
    found = target.registry(_DOMAINS + name)
    if found is None:
        raise Missing("{domains}{name}: does not exist", domains=_DOMAINS, name=name)
    return found


def _below(parent: Key, name: str) -> Key:
    found = parent.subkey(name)
    if found is None:
        raise Malformed("SAM: {name} has no key {name_2}", name=parent.name[:80], name_2=name)
    return found


def _raw(key: Key, name: str) -> bytes:
    value = key.value(name)
    if value is None:
        raise Malformed("SAM: {name} has no value {name_2}", name=key.name[:80], name_2=name)
    return value.raw
