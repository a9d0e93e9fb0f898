"""The routes by which people sign in and out, and look after their accounts."""

from collections.abc import Sequence
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from rempart_server.context import Context
from rempart_server.people import login, own_account, password
from rempart_server.people.hashing import Hashing


def routes(context: Context) -> Sequence[BaseRoute]:
    """Return them.

    Args:
        context: The worker's; the application has it in ``state.context`` too, for :func:`person.require`.
    """
    hashing = Hashing()
    return [
        Route("/login", login.show_login(context, provider=False), methods=["GET"]),
        Route("/login", login.sign_in(context, hashing, provider=False), methods=["POST"]),
        Route("/login.css", _show_style, methods=["GET"]),
        Route("/logout", login.sign_out(context), methods=["POST"]),
        Route("/link/{code}", password.show_link(context), methods=["GET"]),
        Route("/link", password.take_link(context, hashing), methods=["POST"]),
        Route("/account", own_account.show_account(context), methods=["GET"]),
        Route("/account/language", own_account.choose_own_language(context), methods=["POST"]),
        Route("/account/password", own_account.change_password(context, hashing), methods=["POST"]),
    ]


async def _show_style(request: Request) -> Response:
    text = files("rempart_server.people").joinpath("templates/login.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": "max-age=3600"})
