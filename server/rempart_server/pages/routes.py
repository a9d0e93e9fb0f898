"""The addresses of pages."""

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from rempart_server.context import Context
from rempart_server.pages import account, asset, check, enrolment, fleet, framework, host, incident, log, trend, waiver
from rempart_server.pages.asking import Asking
from rempart_server.pages.binding import page
from rempart_server.pages.frame import Shown
from rempart_server.pages.memory import Memory

if TYPE_CHECKING:
    from rempart_store.connection import Connection


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of pages and of what they load.

    Args:
        context: The worker's.
    """
    memory = Memory()

    def checks(asking: Asking, connection: "Connection") -> Shown:
        return check.show_all(asking, connection, memory)

    def frameworks(asking: Asking, connection: "Connection") -> Shown:
        return framework.show(asking, connection, memory)

    def trends(asking: Asking, connection: "Connection") -> Shown:
        return trend.show(asking, connection, memory)

    return [
        Route("/", page(context, fleet.show)),
        Route("/hosts/{id}", page(context, host.show)),
        Route("/hosts/{id}/checks/{check}", page(context, host.show_result)),
        Route("/checks", page(context, checks)),
        Route("/checks/{check}", page(context, check.show)),
        Route("/frameworks", page(context, frameworks)),
        Route("/frameworks/{framework}", page(context, frameworks)),
        Route("/trends", page(context, trends)),
        Route("/waivers", page(context, waiver.show), methods=["GET"]),
        Route("/waivers", waiver.take_proposal(context), methods=["POST"]),
        *(
            Route(f"/waivers/{{number}}/{deed}", waiver.take_decision(context, deed), methods=["POST"])
            for deed in ("approve", "refuse", "withdraw")
        ),
        Route("/incidents", page(context, incident.show)),
        Route("/incidents/{incident}", page(context, incident.show_one)),
        Route("/enrolment", page(context, enrolment.show, "operator"), methods=["GET"]),
        *(
            Route(f"/enrolment/{{number}}/{deed}", enrolment.take_decision(context, deed), methods=["POST"])
            for deed in ("accept", "revoke")
        ),
        Route("/accounts", page(context, account.show, "admin"), methods=["GET"]),
        *(
            Route(f"/accounts/{{number}}/{deed}", account.take_decision(context, deed), methods=["POST"])
            for deed in ("disable", "enable")
        ),
        Route("/log", page(context, log.show, "admin", auditors=True)),
        Route("/assets/{digest}/{name}", asset.serve),
    ]
