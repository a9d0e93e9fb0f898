"""What is said to those who are not let in: JSON to programs, a page to people."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_server.people.page import choose_language, show_page


def speaks_json(request: Request) -> bool:
    """Tell whether a program asks: below ``/api/``, with a token, or for JSON alone."""
    headers = request.headers
    path = request.url.path
    wants = headers.get("accept", "").partition(",")[0].strip() == "application/json"
    return path.startswith("/api/") or path == "/metrics" or "authorization" in headers or wants


def reads_pages(request: Request) -> bool:
    """Tell whether a browser asks, which shows pages: it says that it takes HTML."""
    return "text/html" in request.headers.get("accept", "") and not speaks_json(request)


def tell_missing(request: Request, status: int) -> Response:
    """Return the page that says that there is none at an address.

    Args:
        request: What was asked.
        status: Of HTTP: 404, or 405 where there is something that is no page.
    """
    return show_page("missing", choose_language(request), status)


def ask_to_sign_in(request: Request) -> Response:
    """Return the way to the page on which people sign in; a program is told that it needs a token."""
    if speaks_json(request):
        said = say(Message("server_people.sign_in_first"))
        return JSONResponse({"error": said}, 401, {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
    way = "/login"
    if request.method == "GET":
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        way += f"?next={quote(path, safe='')}" if path != "/" else ""
    return RedirectResponse(way, 303, {"Cache-Control": "no-store"})


def refuse(request: Request, status: int, why: Message, wait: int = 0) -> Response:
    """Return a refusal.

    Args:
        request: What was asked.
        status: Of HTTP.
        why: Why not.
        wait: Seconds until it may be asked again; 0 where that changes nothing.
    """
    headers = {"Retry-After": str(wait)} if wait else {}
    if speaks_json(request):
        return JSONResponse({"error": say(why)}, status, {**headers, "Cache-Control": "no-store"})
    response = show_page("refused", choose_language(request), status, why=why)
    response.headers.update(headers)
    return response
