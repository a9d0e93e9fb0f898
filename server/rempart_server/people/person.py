"""Who asks, and what they may: every handler behind :func:`require` is given a :class:`Person`."""

import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from rempart_store.server.account import Account

ROLES = ("viewer", "operator", "admin")
"""Each may what those before it may."""
AUDITOR = "auditor"
"""Reads what a viewer reads, from one moment until another, and changes nothing but the own password and language."""


class Person(NamedTuple):
    """Somebody who signed in, or a program with somebody's token.

    Attributes:
        account: The account's number.
        name: Its name, as the log has it.
        role: ``viewer``, ``operator``, ``admin`` or ``auditor``.
        groups: Names of the groups that may be seen; None for all. Queries filter by it.
        begins: Of an auditor, the first moment that may be read; None for any.
        ends: The last one.
        language: ``en`` or ``fr``.
        csrf: What forms of this session have to say; ``""`` for a program.
    """

    account: int
    name: str
    role: str
    groups: frozenset[str] | None
    begins: int | None = None
    ends: int | None = None
    language: str = "en"
    csrf: str = ""

    def may(self, role: str) -> bool:
        """Tell whether this is somebody of a role, or of one that may more; an auditor reads as a viewer does.

        Args:
            role: ``viewer``, ``operator`` or ``admin``.
        """
        if self.role == AUDITOR:
            return role == ROLES[0]
        return self.role in ROLES and ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, group: str) -> bool:
        """Tell whether a group may be seen."""
        return self.groups is None or group in self.groups

    def clamp(self, moment: int) -> int:
        """Return a moment, or the nearest one that may be read."""
        if self.begins is not None:
            moment = max(moment, self.begins)
        return moment if self.ends is None else min(moment, self.ends)


Handler = Callable[[Request, Person], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def of_account(account: "Account", csrf: str = "", most: str = "") -> Person:
    """Return the person of an account.

    Args:
        account: The account.
        csrf: Of a session.
        most: Of a token, the most that it may: it may less where the account may less.
    """
    role = account.role
    if most in ROLES and role in ROLES:
        role = ROLES[min(ROLES.index(most), ROLES.index(role))]
    own = (account.begins, account.ends) if role == AUDITOR else (None, None)
    return Person(account.id, account.name, role, account.groups, *own, account.language, csrf)


def require(role: str, *, auditors: bool | None = None, programs: bool = True) -> Callable[[Handler], Endpoint]:
    """Return what lets only some people in: others are asked to sign in (401), or refused (403).

    What changes something (a POST, PUT, PATCH or DELETE of a session) has to carry the session's CSRF token, in the
    form field ``csrf`` or the header ``X-CSRF-Token``. Handlers read forms by ``people.form.read_form``.

    Args:
        role: The least that is needed: ``viewer``, ``operator`` or ``admin``.
        auditors: Whether auditors are let in; by default where a viewer is, and nothing is changed.
        programs: Whether a token is taken in place of a session.
    """

    def decorate(handler: Handler) -> Endpoint:
        @functools.wraps(handler)
        async def endpoint(request: Request) -> Response:
            from rempart_server.people.admission import admit

            person = await admit(request, Needed(role, auditors, programs))
            return person if isinstance(person, Response) else await handler(request, person)

        return endpoint

    return decorate


class Needed(NamedTuple):
    """What a handler needs; see :func:`require`."""

    role: str
    auditors: bool | None
    programs: bool

    def lets_in(self, person: Person, *, changes: bool) -> bool:
        """Tell whether a person is let in.

        Args:
            person: Who asks.
            changes: Whether the request may change something.
        """
        if person.role != AUDITOR:
            return person.may(self.role)
        return (self.role == ROLES[0] and not changes) if self.auditors is None else self.auditors
