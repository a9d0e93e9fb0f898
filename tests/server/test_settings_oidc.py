"""The part ``oidc`` of server.yaml: read whole, each mistake with its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.error import ContentError
from rempart_server.settings import Oidc, OidcAccess
from rempart_server.settings_file import parse_settings
from rempart_server.settings_oidc import is_safe

GOOD = """name: localhost
oidc:
  issuer: https://id.example.org/realms/x
  client: rempart
  secret_file: {secret}
  scopes: [openid, groups]
  access:
    - {{claim: admins, role: admin, groups: ["*"]}}
    - {{claim: helpdesk, role: viewer, groups: [laptops, servers]}}
"""


def test_all_of_it_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch()
    settings = parse_settings(GOOD.format(secret=secret).encode(), str(tmp_path))
    assert settings.oidc == Oidc(
        "https://id.example.org/realms/x",
        "rempart",
        str(secret),
        "groups",
        ("openid", "groups"),
        "",
        (
            OidcAccess("admins", "admin", None),
            OidcAccess("helpdesk", "viewer", frozenset({"laptops", "servers"})),
        ),
    )


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("https://id", "http://id", ":3:11: "),
        ("client: rempart", "client: [x]", ":4:11: "),
        ("scopes: [openid, groups]", "scopes: [groups]", ":6:11: "),
        ("role: admin", "role: owner", ":8:29: "),
        ('["*"]', '["*", x]', ":8:44: "),
        ("claim: admins, ", "", ":8:7: "),
        ("{secret}", "relative", ":5:16: "),
        ("{secret}", "/nonexistent", ":5:16: "),
        ("scopes:", "scope:", ":6:3: "),
    ],
)
def test_each_mistake_has_its_place(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    (tmp_path / "secret").touch()
    text = GOOD.replace(right, wrong).replace("{{", "{").replace("}}", "}")
    text = text.replace("{secret}", str(tmp_path / "secret"))
    with pytest.raises(ContentError) as caught:
        parse_settings(text.encode(), str(tmp_path))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example.org", True),
        ("http://127.0.0.1:3000", True),
        ("http://id.example.org", False),
        ("https://", False),
        ("https://a@b", False),
        ("ftp://localhost", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_an_address_is_of_https_or_of_this_machine(url: str, safe: bool) -> None:
    assert is_safe(url) is safe
