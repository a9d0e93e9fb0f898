"""What the claims of an identity provider mean here: role and groups, and the name of the account."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rempart_server.people.person import ROLES
from rempart_server.settings import OidcAccess
from rempart_store.server.account import Access

if TYPE_CHECKING:
    from rempart_core.json_value import Json

_NO_NAME = re.compile(r"[^\w.@+-]")


def find_access(claimed: "Json", known: Sequence[OidcAccess]) -> Access | None:
    """Return what somebody may; None where no claim says anything: then there is no access.

    Of several roles the highest counts, with the groups of that role alone: who administers some machines and may look
    at others administers those some only.

    Args:
        claimed: The value of the claim: a list of names, or one name.
        known: What each name means.
    """
    names = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list) else []
    mine = [one for one in known if one.claim in names]
    if not mine:
        return None
    role = max((one.role for one in mine), key=ROLES.index)
    groups: set[str] = set()
    for one in mine:
        if one.role == role:
            if one.groups is None:
                return Access(role, None)
            groups |= one.groups
    return Access(role, frozenset(groups))


def find_name(claims: Mapping[str, "Json"], subject: str, taken: Sequence[str]) -> str:
    """Return a name for a new account.

    Args:
        claims: Of the person.
        subject: Issuer and subject, which the person is known by.
        taken: Names that other accounts have.
    """
    said = next((one for one in map(claims.get, ("preferred_username", "email", "sub")) if isinstance(one, str)), "")
    name = _NO_NAME.sub("_", said)[:80] or "_"
    if name in taken:
        name += "+" + hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return name
