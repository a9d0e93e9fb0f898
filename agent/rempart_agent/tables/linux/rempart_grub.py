"""Table rempart_grub: who may change the entries of GRUB's menus; never a hash.

Sources: each ``grub.cfg`` with entries of its own, in /boot and on the EFI system partition, with ``custom.cfg`` and
``user.cfg`` beside it. A file that only leads to another (as grub-install puts it on the EFI system partition) has no
rows. One row for each superuser, and one without a name where there is none.

``kind`` is how the password is kept: ``pbkdf2``, ``plain``, ``none``, ``broken`` (no hash of grub-mkpasswd-pbkdf2),
``several`` or ``unknown``. ``guarded`` is 1 for a hash, 0 where anybody may change the entries or this user has no
hash, NULL, with ``why``, where a condition decides. A configuration that is cut off raises, and so does a machine
without one.
"""

import posixpath
from typing import Iterator, Optional, Tuple

from rempart_agent.models.grub.guard import guard
from rempart_agent.models.grub.script import Command, Refused, literal, parse
from rempart_agent.readers.files import boot_entries
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT),
    Column("superuser", TEXT),
    Column("kind", TEXT),
    Column("guarded", INTEGER),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each menu and superuser.

    Raises:
        Malformed: a configuration is cut off, or not understood.
        Missing: there is none.
    """
    menus = [one for one in boot_entries.loaders(target) if not one.menu.stub]
    if not menus:
        raise Missing("no configuration of GRUB is there")
    for one in menus:
        folder = posixpath.dirname(one.path)
        own = _commands(target, folder + "/user.cfg")
        beside = one.beside.commands if one.beside else ()
        variables = {name: text for command in own for name, _, text in [_shown(command).partition("=")] if text}
        found = guard((*own, *one.menu.commands, *beside), variables)
        strange = one.menu.strange + (one.beside.strange if one.beside else ())
        why = found.why or (Why("what {name} reads is not followed", name=strange[0]) if strange else "")
        if found.superusers is None or (strange and found.superusers == ()):
            yield {"path": one.path, "superuser": "", "kind": "unknown", "guarded": None, "why": why}
            continue
        if not found.superusers:
            yield {"path": one.path, "superuser": "", "kind": "none", "guarded": 0, "why": ""}
        for name in found.superusers:
            kind = found.hashes.get(name, "none")
            guarded = _guarded(kind, open_=bool(strange))
            yield {"path": one.path, "superuser": name, "kind": kind, "guarded": guarded, "why": "" if guarded else why}


def _guarded(kind: str, *, open_: bool) -> Optional[int]:
    if kind == "unknown" or (kind == "pbkdf2" and open_):
        return None
    return int(kind == "pbkdf2")


def _commands(target: Target, path: str) -> Tuple[Command, ...]:
    try:
        return tuple(parse(target.text(path)))
    except Missing:
        return ()
    except Refused as error:
        raise Malformed("{path}: {why}", path=path, why=error) from error


def _shown(command: Command) -> str:
    """Return ``NAME=VALUE`` of a command that sets a variable."""
    words = command.words[1:] if literal(command.words[0]) == "set" else command.words
    return (literal(words[0]) or "") if words else ""
