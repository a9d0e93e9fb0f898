"""The pages on which people sign in and set their passwords: HTML without scripts, in English and French."""

from functools import cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from rempart_core.messages.message import Message, Value
from rempart_core.messages.say import LANGUAGES, say

if TYPE_CHECKING:
    from jinja2 import Environment

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of each page: nothing but its own style sheet is loaded, and nobody else is told its address."""


LANGUAGE = "__Host-rempart-language"
"""The cookie that holds the language which somebody chose on a page of the fleet."""


def choose_language(request: Request, own: str = "") -> str:
    """Return the language of a page: the one that is asked for, the one chosen before, the account's, the browser's.

    Args:
        request: Has ``?lang=``, the cookie, ``Accept-Language``.
        own: The account's; ``""`` for somebody unknown.
    """
    for named in (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE, ""), own):
        if named in LANGUAGES:
            return named
    best, found = 0.0, "en"
    for part in request.headers.get("accept-language", "")[:500].split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if name[:2].lower() in LANGUAGES and weight > best:
            best, found = weight, name[:2].lower()
    return found


def show_page(name: str, language: str, status: int = 200, /, **values: Value | bool | None) -> HTMLResponse:
    """Return a page.

    Args:
        name: Of its template.
        language: ``en`` or ``fr``.
        status: Of HTTP.
        values: What varies in it; messages are said in the language.
    """
    said = {key: say(one, language) if isinstance(one, Message) else one for key, one in values.items()}
    words = {id_: say(message, language) for id_, message in WORDS.items()}
    text = _templates().get_template(f"{name}.html").render(language=language, word=words, **said)
    return HTMLResponse(text, status, HEADERS)


WORDS = {
    "account": Message("server_people.account"),
    "again": Message("server_people.again"),
    "change_password": Message("server_people.change_password"),
    "current": Message("server_people.current"),
    "first_password": Message("server_people.first_password"),
    "fleet": Message("server_people.fleet"),
    "groups": Message("server_people.groups"),
    "language": Message("server_people.language"),
    "missing": Message("server_people.missing"),
    "name": Message("server_people.name"),
    "no_page": Message("server_people.no_page"),
    "password": Message("server_people.password"),
    "new_password": Message("server_people.new_password"),
    "refused": Message("server_people.refused"),
    "role": Message("server_people.role"),
    "rule": Message("server_people.rule"),
    "save": Message("server_people.save"),
    "sign_in": Message("server_people.sign_in"),
    "sign_out": Message("server_people.sign_out"),
    "provider": Message("server_people.provider"),
    "skip": Message("server_people.skip"),
}
"""The words of the pages, by the names that their templates have for them."""


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("rempart_server.people", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
