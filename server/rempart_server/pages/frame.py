"""Pages as they leave the server: templates filled in a language, security headers, packed for the way."""

import gzip
import os
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from rempart_core.messages.labels import Labels
from rempart_core.messages.say import LANGUAGES
from rempart_core.model.history import Standing
from rempart_core.timestamps import write_moment
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.formats.html.page import make_environment
from rempart_reports.views.last_answer import describe_age
from rempart_reports.views.options import Options
from rempart_reports.views.store_words import when
from rempart_reports.writing.translation import percent, plural, severity_name
from rempart_server.pages.asking import Asking
from rempart_server.pages.asset import address_of
from rempart_server.people import page
from rempart_server.people.page import LANGUAGE
from rempart_server.people.person import Person

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = os.path.join(os.path.dirname(__file__), "templates")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "vary": "accept-encoding, accept-language, cookie",
}
"""Of each page: it loads its own files alone, and stands in nobody's frame and nobody's cache."""
_SMALL = 1024  # bytes that are not worth packing
_NOISE = 64  # at most so many random bytes hide how well a page packs: what it reflects can't be guessed from its size
MENU = (
    ("/", "fleet"),
    ("/checks", "checks"),
    ("/frameworks", "frameworks"),
    ("/trends", "trends"),
    ("/waivers", "waivers"),
    ("/incidents", "incidents"),
    ("/enrolment", "enrolment"),
    ("/accounts", "accounts"),
    ("/log", "log"),
)
_FOR = {"/enrolment": "operator", "/accounts": "admin", "/log": "admin"}  # the least role, where that is no viewer
_WHOLE = ("/accounts", "/log")  # what only those see who see all groups


_PROOFS = {"endpoint": "proof_endpoint", "transport": "proof_transport"}


class Shown(NamedTuple):
    """What a page shows.

    Attributes:
        template: The file of its template.
        title: What stands above it, and in the window.
        values: What its template is given.
        status: Of HTTP.
        charts: Whether it draws charts.
    """

    template: str
    title: str
    values: Mapping[str, Any]
    status: int = 200
    charts: bool = False


def choose_language(request: Request, person: Person | None) -> str:
    """Return the language of a page: the one that is asked for, the one chosen before, the account's, the browser's.

    Args:
        request: Has ``?lang=``, the cookie, ``Accept-Language``.
        person: Who asks; None for somebody unknown.
    """
    return page.choose_language(request, person.language if person else "")


@cache
def environment_of(language: str) -> "Environment":
    """Return what fills the templates of a language: those of the reports, and the server's own.

    Args:
        language: ``en`` or ``fr``.
    """
    from jinja2 import ChoiceLoader, FileSystemLoader

    environment = make_environment(Options(language=language), Fragment(language))
    loaders = [FileSystemLoader(_FOLDER), environment.loader]
    environment.loader = ChoiceLoader([one for one in loaders if one is not None])
    labels = Labels("server_page", language)
    environment.globals.update(
        s=labels,
        asset=address_of,
        menu=MENU,
        when=lambda time: when(time, language),
        severity_name=lambda severity: severity_name(severity, language),
        share=lambda part, whole: percent(part, whole, language),
        proof_of=lambda proof: labels(_PROOFS.get(proof, "proof_unknown")),
        date_of=lambda time: write_moment(time)[:10],
        said_of=lambda standing: _say_reason(standing, language),
        count=lambda number, kind: plural(number, kind, language),
    )
    return environment


def _say_reason(standing: Standing, language: str) -> str:
    """Return why a check came to what it did, as it was stored; untrusted."""
    english, french = standing.detail.get("reason", ["", ""])
    return french if language == "fr" else english


def render(asking: Asking, shown: Shown) -> Response:
    """Return a page.

    Args:
        asking: Who asks for it, and how.
        shown: What it shows.
    """
    person, language, path = asking.person, asking.language, asking.request.url.path
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    values = {
        "title": shown.title,
        "person": person,
        "path": path,
        "places": [(place, key) for place, key in MENU if _reads(person, place)],
        "here": next((place for place, _ in MENU[1:] if path.startswith(place)), "/"),
        "other": other,
        "other_link": _in_language(asking, other),
        "now": asking.now,
        "at": asking.text("at"),
        "ago": _tell_age(asking),
        "within": lambda time: _tell_within(asking, time),
        "charts": shown.charts,
        **shown.values,
    }
    text = environment_of(language).get_template(shown.template).render(values)
    return answer(asking.request, text, shown.status, language)


def _reads(person: Person, place: str) -> bool:
    """Tell whether somebody reads a page; an auditor reads the log, which is for those who may more."""
    if place in _WHOLE and person.groups is not None:
        return False
    return person.may(_FOR.get(place, "viewer")) or (person.role == "auditor" and place == "/log")


def _tell_within(asking: Asking, time: int) -> str:
    """Return a time in words, or that it is before the first moment that may be read."""
    begins = asking.person.begins
    if begins is not None and time < begins:
        return asking.labels("before", time=when(begins, asking.language))
    return when(time, asking.language)


def _in_language(asking: Asking, language: str) -> str:
    link = asking.link(at=asking.text("at"))
    return f"{link}{'&' if '?' in link else '?'}lang={language}"


def _tell_age(asking: Asking) -> Callable[[int | None], str]:
    return lambda time: "" if time is None else describe_age(write_moment(time), asking.now, asking.language)


def answer(request: Request, text: str, status: int = 200, language: str = "") -> Response:
    """Return a page with its headers, packed where the browser takes that.

    Args:
        request: Says what the browser takes.
        text: The page.
        status: Of HTTP.
        language: Of the page; it is kept where somebody has just chosen it.
    """
    headers, content = dict(HEADERS), text.encode(errors="replace")
    if len(content) > _SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = pack(content), "gzip"
    response = Response(content, status, headers, "text/html; charset=utf-8")
    if language and request.query_params.get("lang") == language:
        response.set_cookie(LANGUAGE, language, max_age=31_536_000, secure=True, httponly=True, samesite="lax")
    return response


def pack(content: bytes) -> bytes:
    """Return content by gzip, with a name of random length in its head: its size tells nothing of what is in it.

    Source: RFC 1952, 2.3.1, FNAME; "Heal the BREACH" (2022).
    """
    packed = gzip.compress(content, 6, mtime=0)
    name = secrets.token_hex(_NOISE)[: secrets.randbelow(_NOISE) + 1].encode()
    return packed[:3] + bytes([packed[3] | 8]) + packed[4:10] + name + b"\0" + packed[10:]
