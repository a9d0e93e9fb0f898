"""The addresses of pages."""

from starlette.routing import BaseRoute, Route

from rempart_server.context import Context
from rempart_server.pages import asset, fleet, host
from rempart_server.pages.binding import page


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of pages and of what they load.

    Args:
        context: The worker's.
    """
    return [
        Route("/", page(context, fleet.show)),
        Route("/hosts/{id}", page(context, host.show)),
        Route("/hosts/{id}/checks/{check}", page(context, host.show_result)),
        Route("/assets/{digest}/{name}", asset.serve),
    ]
