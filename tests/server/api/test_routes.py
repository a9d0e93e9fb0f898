"""The running API is what its description says: schemathesis asks it everything, right and wrong, with a real token."""

from __future__ import annotations

import time

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from rempart_testing.server_pages import app_client
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from rempart_server.api.description import OPERATIONS
from rempart_server.context import Context
from rempart_server.people.secret import digest_of
from rempart_store.server import account as accounts
from rempart_store.server.account import Access
from rempart_store.server.token import add_token


@pytest.fixture
def program(context: Context) -> TestClient:
    """Return a client of the API with an admin's token."""
    now = int(time.time())
    with context.store.writing() as connection:
        account = accounts.add_account(connection, "Program", Access("admin", None), now)
        assert account is not None
        add_token(connection, "tests", account.id, "admin", digest_of("planted"), now, None)
    client = app_client(context)
    client.headers["authorization"] = "Bearer planted"
    return client


def test_the_description_is_served_to_everybody(context: Context) -> None:
    got = app_client(context).get("/api/openapi.json")
    assert got.status_code == 200
    assert got.json()["info"]["title"] == "Rempart"


@pytest.mark.parametrize("path", [one.path for one in OPERATIONS])
def test_schemathesis_finds_nothing(program: TestClient, path: str) -> None:
    schema = schemathesis.openapi.from_dict(program.get("/api/openapi.json").json())
    schema.app = program.app
    operation = schema[path]["GET"]

    @given(case=operation.as_strategy())
    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(
            base_url="http://rempart.test",
            headers={"Authorization": "Bearer planted"},
            excluded_checks=[positive_data_acceptance],  # no schema tells a day that there is, or a place in a list
        )

    ask()


@pytest.mark.parametrize("path", [one.path for one in OPERATIONS])
def test_without_a_token_nothing_is_answered(context: Context, path: str) -> None:
    got = app_client(context).get(path.replace("{id}", "1").replace("{check}", "RMT-01"))
    assert got.status_code == 401
    assert set(got.json()) == {"error"}


def test_failures_are_json_with_an_error(program: TestClient) -> None:
    for path, status in (("/api/hosts/999", 404), ("/api/hosts?kind=x", 400), ("/api/checks?at=x", 400)):
        got = program.get(path)
        assert (got.status_code, set(got.json())) == (status, {"error"})
        assert got.headers["content-type"] == "application/json"
