"""Secrets that a real server is given, right ones and wrong ones, are in no log, no page, no metric and no store."""

from __future__ import annotations

import re
from typing import NamedTuple

import httpx
import pytest
from rempart_testing.access_table import CODE, TABLE
from rempart_testing.osquery_door import a_secret, enrolment
from rempart_testing.people import csrf_of
from rempart_testing.server import Running, running

from rempart_server.opening import open_context
from rempart_server.people.first_admin import invite
from rempart_server.people.managing import make_token
from rempart_store.server.hook import add_hook

PASSWORD = "planted-password of the admin"
HOOK = "a hook's secret"
"""It signs what is told, so the store has it; nothing else does."""
WRONG = {
    "password": "planted-wrong-password",
    "name": "planted-password-in-the-name-field",
    "code": "planted-wrong-code-of-a-link",
    "token": "rempart_planted-wrong-token",
    "secret": "planted-wrong-enrolment-secret",
    "key": "planted-wrong-node-key",
    "cookie": "planted-wrong-cookie",
    "query": "planted-word-of-an-address",
    "oidc": "planted-client-secret-of-the-provider",
}


class Told(NamedTuple):
    """What was given to a server, and all that it told.

    Attributes:
        secrets: By what they are.
        places: What it told, by where.
    """

    secrets: dict[str, str]
    places: dict[str, str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "oidc-secret").write_text(WRONG["oidc"], encoding="utf-8")
    access = "{claim: x, role: viewer, groups: [laptops]}"
    oidc = f"oidc: {{issuer: 'http://127.0.0.1:9', client: c, secret_file: {folder}/oidc-secret, access: [{access}]}}\n"
    with running(folder, oidc) as server:
        with open_context(str(server.directory)) as context:
            secrets = {"code": invite(context).rpartition("/")[2], "secret": a_secret(context)}
            with context.store.writing() as connection:
                kinds = ("host.silent", "node.waiting", "day.changes")
                _, secrets[HOOK] = add_hook(connection, "https://127.0.0.1:9/", kinds, (), private=True)
            _, secrets["token"] = make_token(context, "console:test", "board", "admin", "admin", None)
        secrets["password"] = PASSWORD
        places = ask_everything(server, secrets)
        assert server.stop() == 0
        places["what it printed"] = server.said()
    for file in sorted(server.directory.glob("store.db*")):
        places[file.name] = file.read_bytes().decode("latin-1")
    places["the log"] = read_log(str(server.directory))
    for file in server.directory.rglob("*"):
        if file.is_file() and b"PRIVATE KEY-----" in file.read_bytes():
            secrets[file.name] = "".join(file.read_text(encoding="ascii").partition("PRIVATE KEY-----")[2].split()[:2])
    assert {"signing.key", "ca.key"} <= secrets.keys()
    return Told({**secrets, **{f"wrong {name}": word for name, word in WRONG.items()}}, places)


def read_log(directory: str) -> str:
    """Return the log as it is kept and as it is signed: in the envelopes stands base64."""
    import base64
    import json

    from rempart_store.server.event import stream_events

    with open_context(directory) as context, context.store.reading() as connection:
        events = list(stream_events(connection))
    payloads = [base64.b64decode(json.loads(one.link)["payload"]).decode() for one in events]
    assert {"user.link", "session.refused", "session.begin"} <= {one.action for one in events}
    return "\n".join([*map(str, events), *payloads])


def ask_everything(server: Running, secrets: dict[str, str]) -> dict[str, str]:
    """Use each secret as it is meant, and a wrong one of each kind; return what pages and metrics said."""
    base, tls = f"https://localhost:{server.port}", server.tls()
    with httpx.Client(base_url=base, verify=tls, timeout=60) as other:
        use_wrong_ones(other)
    places = {}
    with httpx.Client(base_url=base, verify=tls, timeout=60) as browser:
        new = {"code": secrets["code"], "new": PASSWORD, "again": PASSWORD}
        assert browser.post("/link", data=new).status_code == 303
        csrf = csrf_of(browser.get("/account").text)
        assert browser.post("/logout", data={"csrf": csrf}).status_code == 303
        csrf = csrf_of(browser.get("/login").text)
        signed = browser.post("/login", data={"csrf": csrf, "name": "admin", "password": PASSWORD})
        assert signed.status_code == 303
        secrets["cookie"] = signed.cookies["__Host-rempart"]
        enrolled = httpx.post(f"{base}/api/osquery/enroll", json=enrolment(secrets["secret"]), verify=tls)
        secrets["node key"] = enrolled.json()["node_key"]
        httpx.post(f"{base}/api/osquery/config", json={"node_key": secrets["node key"]}, verify=tls)
        bearer = {"Authorization": f"Bearer {secrets['token']}"}
        for row in TABLE:
            if row.method == "GET" and row.needs != CODE:
                path = re.sub(r"\{\w+\}", "1", row.path)
                places[row.path] = browser.get(path).text
                places[f"{row.path} by a token"] = httpx.get(base + path, headers=bearer, verify=tls).text
        assert "admin" in places["/account"]
        assert 'sign_in_total{outcome="refused",way="password"} 2' in places["/metrics"]
    return places


def use_wrong_ones(browser: httpx.Client) -> None:
    csrf = csrf_of(browser.get("/login").text)
    for name, password in (("admin", WRONG["password"]), (WRONG["name"], "x" * 12)):
        assert browser.post("/login", data={"csrf": csrf, "name": name, "password": password}).status_code == 403
    assert browser.get(f"/link/{WRONG['code']}").status_code == 404
    assert browser.post("/link", data={"code": WRONG["code"], "new": WRONG["password"]}).status_code == 404
    bearer = {"Authorization": f"Bearer {WRONG['token']}"}
    assert browser.get("/", headers=bearer).status_code == 401
    assert browser.get("/", headers={"Cookie": f"__Host-rempart={WRONG['cookie']}"}).status_code == 303
    assert browser.get(f"/nothing/{WRONG['query']}").status_code == 404
    assert "node_invalid" in browser.post("/api/osquery/enroll", json=enrolment(WRONG["secret"])).text
    for path in ("config", "distributed/read", "distributed/write", "log"):
        browser.post(f"/api/osquery/{path}", json={"node_key": WRONG["key"]})
        browser.post(f"/api/osquery/{path}", content=WRONG["key"].encode())
    assert browser.get("/login/oidc").status_code == 503


def test_no_secret_is_told_anywhere(told: Told) -> None:
    found = [
        f"{what} in {where}"
        for what, secret in told.secrets.items()
        for where, text in told.places.items()
        if secret in text and not (what == HOOK and where.startswith("store.db"))
    ]
    assert found == []


def test_what_is_searched_for_would_be_found(told: Told) -> None:
    assert len(told.secrets) > 12
    assert all(len(secret) >= 20 for secret in told.secrets.values())
    assert "pc1" in told.places["store.db"] + told.places.get("store.db-wal", "")
    assert '"actor":"admin"' in told.places["the log"]
