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
        of: What of a group the path names: ``host``, ``node`` or ``proposal``; another group's is not found.
        shows: Whether what stands there tells of hosts, nodes or proposals, those of one's groups.
        whole: Whether only those who see all groups are shown anything.
        query: What is asked besides.
    """

    method: str
    path: str
    needs: str
    auditors: bool = False
    programs: bool = True
    of: str = ""
    shows: bool = False
    whole: bool = False
    query: str = ""


def read(path: str, *, shows: bool = True) -> Row:
    """Return the row of a page that viewers and auditors read."""
    return Row("GET", path, "viewer", auditors=True, of="host" if "/hosts/{id}" in path else "", shows=shows)


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
    read("/checks/{check}"),
    *(
        read(path, shows=False)
        for path in (
            "/checks",
            "/frameworks",
            "/frameworks/{framework}",
            "/trends",
            "/incidents",
            "/incidents/{incident}",
        )
    ),
    read("/waivers"),
    Row("POST", "/waivers", "operator"),
    *(
        Row("POST", f"/waivers/{{number}}/{deed}", "operator", of="proposal")
        for deed in ("approve", "refuse", "withdraw")
    ),
    Row("GET", "/enrolment", "operator", shows=True),
    *(Row("POST", f"/enrolment/{{number}}/{deed}", "operator", of="node") for deed in ("accept", "revoke")),
    Row("GET", "/accounts", "admin"),
    *(Row("POST", f"/accounts/{{number}}/{deed}", "admin", programs=False) for deed in ("disable", "enable")),
    Row("GET", "/log", "admin", auditors=True, shows=True, whole=True),
    Row("GET", "/api/openapi.json", OPEN),
    *(read(f"/api/{name}", shows=False) for name in ("checks", "trends")),
    *(read(f"/api/{name}") for name in ("fleet", "hosts", "hosts/{id}", "checks/{check}", "waivers")),
    Row("GET", "/api/groups", "operator", shows=True),
    Row("GET", "/api/nodes", "operator", shows=True),
    Row("GET", "/api/log", "admin", auditors=True, shows=True, whole=True),
)
