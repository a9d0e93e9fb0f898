"""The routes by which people sign in and out, and look after their accounts."""

from collections.abc import Sequence
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from rempart_server.context import Context
from rempart_server.people import login, oidc_login, own_account, password
from rempart_server.people.hashing import Hashing
from rempart_server.people.oidc import PATH, Provider


def routes(context: Context) -> Sequence[BaseRoute]:
    """Return them.

    Args:
        context: The worker's; the application has it in ``state.context`` too, for :func:`person.require`.
    """
    hashing = Hashing()
    settings = context.settings.oidc
    provider = None if settings is None else Provider(settings, context.settings.url)
    found: list[BaseRoute] = [
        Route("/login", login.show_login(context, provider=provider is not None), methods=["GET"]),
        Route("/login", login.sign_in(context, hashing, provider=provider is not None), methods=["POST"]),
        Route("/login.css", _show_style, methods=["GET"]),
        Route("/logout", login.sign_out(context), methods=["POST"]),
        Route("/link/{code}", password.show_link(context), methods=["GET"]),
        Route("/link", password.take_link(context, hashing), methods=["POST"]),
        Route("/account", own_account.show_account(context), methods=["GET"]),
        Route("/account/language", own_account.choose_own_language(context), methods=["POST"]),
        Route("/account/password", own_account.change_password(context, hashing), methods=["POST"]),
    ]
    if settings is not None and provider is not None:
        back = oidc_login.take_back(context, settings, provider)
        found += [
            Route("/login/oidc", oidc_login.send_away(provider), methods=["GET"]),
            Route(PATH, back, methods=["GET"]),
        ]
    return found


async def _show_style(request: Request) -> Response:
    text = files("rempart_server.people").joinpath("templates/login.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": "max-age=3600"})
