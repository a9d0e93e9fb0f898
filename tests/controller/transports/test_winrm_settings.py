"""How a Windows host is reached, from Ansible's variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rempart_controller.inventory.host import Host
from rempart_controller.transports.winrm_settings import settings_of
from rempart_core.error import EndpointError

OPTIONS: dict[str, Any] = {
    "remote_addr": "10.0.0.7",
    "remote_user": "auditor",
    "remote_password": "geheim",
    "port": 5986,
    "scheme": None,
    "path": "/wsman",
    "transport": None,
}


def host(directory: str = "", **variables: Any) -> Host:
    own = {name: variables.pop(name) for name in list(variables) if name in OPTIONS}
    named = {f"ansible_winrm_{name}": value for name, value in variables.items()}
    return Host("poste-7", options=OPTIONS | own, variables=named, directory=directory)


def test_https_is_the_rule_and_certificates_are_verified() -> None:
    settings = settings_of(host(), {})
    assert settings.url == "https://10.0.0.7:5986/wsman"
    assert settings.methods == ("ssl",)
    assert settings.verify
    assert (settings.authority, settings.proxy, settings.encryption) == ("", "", "auto")
    assert "geheim" not in repr(settings)


def test_a_password_goes_in_the_clear_only_where_somebody_asks_for_it() -> None:
    assert settings_of(host(port=5985), {}).methods == ("ntlm",)
    assert settings_of(host(port=5985, transport=["plaintext"]), {}).methods == ("plaintext",)


def test_ways_to_log_in_follow_from_what_is_given(tmp_path: Path) -> None:
    for name in ("me.pem", "me.key"):
        (tmp_path / name).write_text("")
    assert settings_of(host(remote_user="a@centre.example", remote_password=None), {}).methods == ("kerberos",)
    assert settings_of(host(transport="ntlm"), {}).methods == ("ntlm",)
    assert settings_of(host(transport=["kerberos", "ntlm"]), {}).methods == ("kerberos", "ntlm")
    by_certificate = settings_of(host(str(tmp_path), cert_pem="me.pem", cert_key_pem="me.key", remote_user=None), {})
    assert by_certificate.methods == ("certificate",)
    assert by_certificate.certificate == str(tmp_path / "me.pem")


def test_addresses_of_version_6_and_names_become_urls() -> None:
    assert settings_of(host(remote_addr="fd00::7", path="ws"), {}).url == "https://[fd00::7]:5986/ws"
    assert settings_of(host(remote_addr=None), {}).url == "https://poste-7:5986/wsman"


def test_the_environment_names_proxy_and_trust_as_for_ansible(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    told = settings_of(host(), {"https_proxy": "http://proxy:3128", "REQUESTS_CA_BUNDLE": str(bundle)})
    assert (told.proxy, told.authority) == ("http://proxy:3128", str(bundle))
    assert settings_of(host(), {"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "10.0.0.7"}).proxy == ""
    assert settings_of(host(proxy=None), {"https_proxy": "http://proxy:3128"}).proxy == ""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"port": "many"}, "not a port"),
        ({"scheme": "ftp"}, "possible: http, https"),
        ({"transport": ["telnet"]}, 'ansible_winrm_transport is "telnet"'),
        ({"remote_user": None}, "ansible_user is missing"),
        ({"remote_password": None}, "ansible_password is missing"),
        ({"transport": ["certificate"]}, "cert_pem is missing"),
        ({"transport": ["certificate"], "scheme": "http"}, "requires https"),
        ({"server_cert_validation": "perhaps"}, "validate, ignore"),
        ({"message_encryption": "some"}, "auto, always, never"),
        ({"kerberos_delegation": "maybe"}, "possible: yes, no"),
        ({"ca_trust_path": "/nowhere/ca.pem"}, "/nowhere/ca.pem do not exist"),
    ],
)
def test_what_can_t_work_is_said_before_anybody_is_asked(variables: dict[str, Any], said: str) -> None:
    with pytest.raises(EndpointError, match=said) as caught:
        settings_of(host(**variables), {})
    assert caught.value.kind == "settings"


def test_a_variable_that_ansible_could_not_work_out_is_named() -> None:
    broken = host()._replace(errors={"ansible_password": "no vault secrets"})
    with pytest.raises(EndpointError, match="ansible_password cannot be evaluated: no vault secrets"):
        settings_of(broken, {})
