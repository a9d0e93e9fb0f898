"""Who may change the entries of GRUB's menu and use its command line."""

import re
from typing import Dict, Mapping, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models.grub.menu import Values, shown
from rempart_agent.models.grub.script import Block, Command, literal
from rempart_agent.said import Why

_PBKDF2 = re.compile(r"grub\.pbkdf2\.sha512\.[1-9][0-9]{2,9}\.(?:[0-9A-Fa-f]{2}){8,}\.(?:[0-9A-Fa-f]{2}){16,}")
"""What grub-mkpasswd-pbkdf2 prints: iterations, salt and digest."""


class Guard(NamedTuple):
    """Who may change the entries of a menu.

    Attributes:
        superusers: Their names, None where that can't be told; empty where anybody may.
        hashes: What each user's password is kept as: ``pbkdf2`` or ``plain``.
        why: Why something is not known.
    """

    superusers: Optional[Tuple[str, ...]]
    hashes: Dict[str, str]
    why: str


def guard(commands: Sequence[Command], user: Mapping[str, str]) -> Guard:
    """Return who may change the entries of a menu (grub_auth_check_authentication).

    Args:
        commands: Of the configuration and of the files beside it, in the order in which they are read.
        user: The variables of ``user.cfg``, with which 01_users of RHEL sets its superuser.
    """
    superusers: Optional[Tuple[str, ...]] = ()
    hashes: Dict[str, str] = {}
    why = ""
    for command in commands:
        name = literal(command.words[0])
        sets = any(shown(word).startswith("superusers=") for word in command.words)
        if name not in ("password", "password_pbkdf2", "unset") and not sets:
            continue
        met = _met(command.blocks, user)
        if met is False:
            continue
        if met is None:
            why = why or Why("line {line}: a condition decides it", line=command.line)
        if name == "unset":
            if any(shown(word) == "superusers" for word in command.words[1:]):
                superusers = () if met else None
            continue
        values = Values((), user)
        words = ["".join(one.text for one in values.arguments(word)) for word in command.words]
        if sets:
            text = next(word for word in words if word.startswith("superusers=")).partition("=")[2]
            names = tuple(one for one in re.split("[ ,;|&]+", text) if one)
            superusers = names if met else None
        elif len(words) > 2:
            good = name == "password_pbkdf2" and bool(_PBKDF2.fullmatch(words[2]))
            kind = ("pbkdf2" if met else "unknown") if good else "plain" if name == "password" else "broken"
            hashes[words[1]] = kind if hashes.get(words[1], kind) == kind else "several"
    return Guard(superusers, hashes, why)


def _met(blocks: Tuple[Block, ...], user: Mapping[str, str]) -> Optional[bool]:
    """Tell whether what stands in these blocks is run: RHEL's conditions are about ``user.cfg``."""
    for block in blocks:
        words = [shown(word) for word in block.words]
        if block.kind == "if" and words in (["[", "-f", "$prefix/user.cfg", "]"], ["[", "-n", "$GRUB2_PASSWORD", "]"]):
            if not user.get("GRUB2_PASSWORD"):
                return False
        elif block.kind != "group":
            return None
    return True
