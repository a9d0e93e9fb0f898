"""The API's description as OpenAPI 3.1, made of its routes and of the types that they answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from rempart_core.json_value import Json
from rempart_core.version import VERSION
from rempart_server.api import model, read
from rempart_server.pages.asking import Asking
from rempart_server.pages.memory import Memory

if TYPE_CHECKING:
    from rempart_store.connection import Connection

Reader = Callable[[Asking, "Connection", Memory], msgspec.Struct]
_REF = "#/components/schemas/{name}"


class Operation(NamedTuple):
    """One question of the API.

    Attributes:
        path: Its address, with its parameters in braces.
        read: Answers it.
        answer: The type of the answer.
        about: What it is, in English.
        role: The least that somebody has to be.
        auditors: Whether auditors may ask; None where a viewer may.
        asked: The parameters of the query.
        numbers: Whether what stands in the path is the number of something.
    """

    path: str
    read: Reader
    answer: type[msgspec.Struct]
    about: str
    asked: tuple[str, ...] = ()
    role: str = "viewer"
    auditors: bool | None = None
    numbers: bool = False


_QUERY: dict[str, tuple[str, dict[str, Json]]] = {
    "at": ("The moment: a day (its end is meant), a time, or `7d` ago; now without it.", {"type": "string"}),
    "after": ("`next` of the page before.", {"type": "string"}),
    "q": ("Stands in the name or the group.", {"type": "string", "maxLength": 200}),
    "group": ("Of this group alone.", {"type": "string", "maxLength": 200}),
    "actor": ("Of this actor alone.", {"type": "string", "maxLength": 200}),
    "days": ("How many days.", {"enum": ["30", "90", "365"]}),
    "hosts": ("Which hosts.", {"enum": ["open", "silent", "unjudged", "old"]}),
    "results": (
        "What the check came to.",
        {"enum": ["fail", "error", "waived", "not_checked", "not_applicable", "pass"]},
    ),
    "state": ("The state of a proposal.", {"enum": ["open", "approved", "refused", "withdrawn"]}),
    "nodes": ("The state of a node.", {"enum": ["waiting", "active", "revoked", "merged", "flagged"]}),
}
_NAMES = {"hosts": "kind", "results": "kind", "nodes": "state"}  # what a query's word is called, where that differs

OPERATIONS = (
    Operation("/api/fleet", read.read_fleet, model.Fleet, "The fleet and its groups in sums.", ("at",)),
    Operation(
        "/api/hosts", read.read_hosts, model.Hosts, "Hosts, worst first.", ("at", "q", "group", "hosts", "after")
    ),
    Operation("/api/hosts/{id}", read.read_host, model.HostDetail, "One host.", ("at",), numbers=True),
    Operation("/api/checks", read.read_checks, model.Checks, "All checks over the fleet.", ("at",)),
    Operation("/api/checks/{check}", read.read_check, model.CheckDetail, "One check.", ("at", "results", "after")),
    Operation("/api/trends", read.read_trends, model.Trends, "Open findings by day.", ("at", "days")),
    Operation("/api/waivers", read.read_waivers, model.Waivers, "Waivers, proposed and decided.", ("state", "after")),
    Operation("/api/groups", read.read_groups, model.Groups, "Groups and how their secrets stand.", role="operator"),
    Operation("/api/nodes", read.read_nodes, model.Nodes, "Machines that enrolled.", ("nodes", "after"), "operator"),
    Operation("/api/log", read.read_log, model.Log, "What people did.", ("actor", "after"), "admin", auditors=True),
)
"""All questions of the API."""

_FAILURES = {
    "400": "It is asked for something that there is not.",
    "401": "There is no valid token and no session.",
    "403": "The role does not suffice.",
    "404": "There is nothing there, or nothing that may be read.",
    "503": "The store is unavailable.",
}


def describe() -> dict[str, Json]:
    """Return the description."""
    _, components = msgspec.json.schema_components(
        [model.Error, *(one.answer for one in OPERATIONS)], ref_template=_REF
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rempart",
            "version": VERSION,
            "description": "Reads what the server knows. A token of `rempart server token` goes into the header "
            "Authorization: Bearer TOKEN; it reads what its account may read.",
        },
        "security": [{"token": []}, {"session": []}],
        "paths": {one.path: {"get": _describe(one)} for one in OPERATIONS},
        "components": {
            "schemas": dict(components),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-rempart"},
            },
        },
    }


def _describe(one: Operation) -> dict[str, Json]:
    answers: dict[str, Json] = {"200": _answer(one.about, one.answer)}
    answers.update({status: _answer(about, model.Error) for status, about in _FAILURES.items()})
    name = one.path.removeprefix("/api/").replace("/", "_").replace("{", "").replace("}", "")
    return {"operationId": name, "summary": one.about, "parameters": list(_parameters(one)), "responses": answers}


def _answer(about: str, kind: type[msgspec.Struct]) -> dict[str, Json]:
    schema: dict[str, Json] = {"$ref": _REF.format(name=kind.__name__)}
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _parameters(one: Operation) -> list[dict[str, Json]]:
    found: list[dict[str, Json]] = []
    _, brace, rest = one.path.partition("{")
    if brace:
        schema: dict[str, Json] = {"type": "integer", "minimum": 1} if one.numbers else {"type": "string"}
        found.append({"name": rest.rstrip("}"), "in": "path", "required": True, "schema": schema})
    for word in one.asked:
        about, schema = _QUERY[word]
        found.append({"name": _NAMES.get(word, word), "in": "query", "description": about, "schema": schema})
    return found
