"""A group with a secret on a server, and what a stock osqueryd sends to enrol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rempart_store.server.group import add_group
from rempart_store.server.secret import make_secret

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from rempart_server.context import Context

PATH = "/api/osquery/"


def a_secret(context: Context, group: str = "laptops", *, uses: int | None = None, ends: int | None = None) -> str:
    """Make a group, and return a secret of it."""
    now = int(context.clock())
    with context.store.writing() as connection:
        made = add_group(connection, group, "server", "", [], now)
        assert made is not None
        return make_secret(connection, made.id, now, uses, ends)


def enrolment(secret: str, name: str = "pc1", uuid: str = "", instance: str = "") -> dict[str, Any]:
    """Return what osquery sends: tls_enroll.cpp (requestKey), enroll.cpp (kEnrollHostDetails)."""
    return {
        "enroll_secret": secret,
        "host_identifier": instance or f"db-{name}",
        "platform_type": "9",
        "host_details": {
            "os_version": {"name": "Debian GNU/Linux", "platform": "debian", "version": "13 (trixie)"},
            "osquery_info": {
                "instance_id": instance or f"db-{name}",
                "uuid": uuid or f"uuid-{name}",
                "version": "5.23.0",
            },
            "system_info": {"hostname": name, "uuid": uuid or f"uuid-{name}"},
            "platform_info": {"vendor": "QEMU"},
        },
    }


def a_key(client: TestClient, secret: str, name: str = "pc1") -> str:
    """Enrol a machine, and return its key."""
    answer = client.post(PATH + "enroll", json=enrolment(secret, name))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["node_key"])
