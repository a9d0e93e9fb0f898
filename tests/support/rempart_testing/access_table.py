"""Who may ask what of a server: a row for each route. A route without one fails ``tests/server/test_access.py``."""

from __future__ import annotations

from typing import NamedTuple

OPEN = "anybody"
"""What has nothing of anybody: health, the form to sign in, style sheets."""
DOOR = "machine"
"""What machines ask, with a secret or a key of theirs; no session and no token of a person counts."""
CODE = "link"
"""What the holder of a one-time link asks."""


class Row(NamedTuple):
    """A route.

    Attributes:
        method: Of HTTP.
        path: As the application has it.
        needs: OPEN, DOOR, CODE, or the least role.
        auditors: Whether auditors are let in.
        programs: Whether a token is taken in place of a session.
        of_host: Whether the path names a host (``{id}``): another group's is not found.
        query: What is asked besides.
    """

    method: str
    path: str
    needs: str
    auditors: bool = False
    programs: bool = True
    of_host: bool = False
    query: str = ""


def read(path: str, **more: bool) -> Row:
    """Return the row of a page that viewers and auditors read."""
    return Row("GET", path, "viewer", auditors=True, of_host="/hosts/{id}" in path, **more)


_OSQUERY = ("enroll", "config", "distributed/read", "distributed/write", "log")
TABLE: tuple[Row, ...] = (
    *(Row("GET", path, OPEN) for path in ("/healthz", "/readyz", "/metrics", "/login", "/login.css")),
    Row("GET", "/assets/{digest}/{name}", OPEN),
    Row("POST", "/login", OPEN),
    Row("GET", "/login/oidc", OPEN),
    Row("GET", "/login/oidc/callback", OPEN),
    *(Row("POST", f"/api/{version}osquery/{name}", DOOR) for version in ("", "v1/") for name in _OSQUERY),
    Row("POST", "/api/rempart/documents", DOOR),
    Row("POST", "/api/rempart/enrol", DOOR),
    Row("POST", "/api/rempart/probe", DOOR),
    Row("GET", "/link/{code}", CODE),
    Row("POST", "/link", CODE),
    Row("GET", "/account", "viewer", auditors=True, programs=False),
    Row("POST", "/account/language", "viewer", auditors=True, programs=False),
    Row("POST", "/account/password", "viewer", auditors=True, programs=False),
    Row("POST", "/logout", "viewer", auditors=True, programs=False),
    read("/"),
    read("/hosts/{id}"),
    read("/hosts/{id}/checks/{check}"),
    *(read(path) for path in ("/checks", "/checks/{check}", "/frameworks", "/frameworks/{framework}", "/trends")),
    read("/waivers"),
    read("/incidents"),
    Row("POST", "/waivers", "operator"),
    *(Row("POST", f"/waivers/{{number}}/{deed}", "operator") for deed in ("approve", "refuse", "withdraw")),
    Row("GET", "/enrolment", "operator"),
    *(Row("POST", f"/enrolment/{{number}}/{deed}", "operator") for deed in ("accept", "revoke")),
    Row("GET", "/log", "admin", auditors=True),
    Row("GET", "/api/openapi.json", OPEN),
    *(
        read(f"/api/{name}")
        for name in ("fleet", "hosts", "hosts/{id}", "checks", "checks/{check}", "trends", "waivers")
    ),
    Row("GET", "/api/groups", "operator"),
    Row("GET", "/api/nodes", "operator"),
    Row("GET", "/api/log", "admin", auditors=True),
)
