"""What somebody asks a page or the API: who, in which language, at which moment, from which row on."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request

from rempart_core.error import UsageError
from rempart_core.messages.labels import Labels
from rempart_core.messages.message import Message
from rempart_core.text import clean_line
from rempart_core.timestamps import read_time
from rempart_server.context import Context
from rempart_server.people.person import Person

if TYPE_CHECKING:
    from rempart_store.connection import Connection

_LONGEST = 200  # characters of a word that is looked for


class NotFound(Exception):
    """There is no such thing, or none that this person may read: nobody learns which."""


class Asking(NamedTuple):
    """One request for a page or for data.

    Attributes:
        context: The worker's.
        request: Its path and its query.
        person: Who asks.
        language: ``en`` or ``fr``.
        now: Seconds since 1970; of an auditor the last moment that may be read, where that is over.
    """

    context: Context
    request: Request
    person: Person
    language: str
    now: int

    @property
    def labels(self) -> Labels:
        """Return the words of pages in the language."""
        return Labels("server_page", self.language)

    def text(self, name: str) -> str:
        """Return what the query says of something, as the store writes names; ``""`` where it does not."""
        return clean_line(self.request.query_params.get(name, "")[:_LONGEST])

    def path(self, name: str) -> str:
        """Return a part of the address, as the store writes names."""
        return clean_line(str(self.request.path_params[name]))

    def number(self, name: str) -> int:
        """Return a part of the address that is the number of something.

        Raises:
            NotFound: It is no number that anything has.
        """
        text = self.path(name)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise NotFound
        return int(text)

    def at(self) -> int | None:
        """Return the moment that is asked for; None for now.

        Raises:
            UsageError: It is no moment.
        """
        text = self.text("at")
        if not text:
            return None if self.now == int(self.context.clock()) else self.now
        return self.person.clamp(max(read_time(text, end=True), 0))

    def choose(self, name: str, among: tuple[str, ...]) -> str:
        """Return what the query says of something, one of a few words; ``""`` where it says nothing.

        Args:
            name: Of the parameter.
            among: What it may say.

        Raises:
            UsageError: It is none of them.
        """
        text = self.text(name)
        if text and text not in among:
            raise UsageError(Message("server_page.unknown_choice", name=name, known=", ".join(among)))
        return text

    def after(self, *kinds: type) -> list[str | int] | None:
        """Return where the page before ended, as :func:`mark` wrote it; None for the first page.

        Args:
            kinds: Of its parts, ``int`` or ``str``.

        Raises:
            UsageError: It is nothing that a page gave.
        """
        text = self.request.query_params.get("after", "")
        if not text:
            return None
        try:
            found = json.loads(base64.urlsafe_b64decode(text.encode("ascii")).decode())
        except (ValueError, binascii.Error, RecursionError) as error:
            raise UsageError(Message("server_page.wrong_after")) from error
        fits = isinstance(found, list) and [type(one) for one in found] == list(kinds)
        if not fits or any(isinstance(one, int) and abs(one) >= 1 << 62 for one in found):
            raise UsageError(Message("server_page.wrong_after"))
        return [clean_line(one) if isinstance(one, str) else one for one in found]

    def link(self, **changes: str) -> str:
        """Return the address of this page with some things of its query changed; ``""`` takes one out."""
        from urllib.parse import urlencode

        asked = {name: value for name, value in self.request.query_params.items() if name not in {"after", "lang"}}
        asked = {name: value for name, value in {**asked, **changes}.items() if value}
        return f"?{urlencode(asked)}" if asked else self.request.url.path


def mark(*parts: str | int) -> str:
    """Return where a page ended, for the query of the next one."""
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode("ascii")


Reader = Callable[["Asking", "Connection"], object]
