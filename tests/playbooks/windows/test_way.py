"""How Ansible comes in to a Windows host, as its own plugins and pywinrm make it of the same variables."""

from __future__ import annotations

import importlib.util
import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.powershell import PLAYBOOKS

_PATH = PLAYBOOKS / "roles/windows/filter_plugins/rempart_windows.py"


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("rempart_windows_filters", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILTERS = _load()
NAMES = ("port", "winrm_port", "winrm_scheme", "winrm_transport", "user", "winrm_cert_pem")
TRANSPORTS = (None, "ntlm", "ssl", "basic", "plaintext", "kerberos", "credssp", "certificate", ["kerberos", "ssl"])
GIVEN = itertools.product(
    (None, 5985, 5986, 55986),
    (None, 5985),
    (None, "http", "https"),
    TRANSPORTS,
    ("me", "me@CENTRE.FR"),
    (None, "/etc/hostname"),
)
CASES = [{f"ansible_{name}": one for name, one in zip(NAMES, case, strict=True) if one is not None} for case in GIVEN]


# In a child: plugins are loaded as ansible-playbook does, which fills the process with its own state.
_ORACLE = """
import json, sys
from ansible.plugins.loader import connection_loader, init_plugin_loader
init_plugin_loader([])
from ansible.playbook.play_context import PlayContext
from winrm.transport import Transport

Transport.setup_encryption = lambda *_: None  # it would ask the host

def winrm(given):
    plugin = connection_loader.get("ansible.builtin.winrm", PlayContext())
    extras = {k: v for k, v in given.items() if k.startswith("ansible_winrm_")}
    plugin.set_options(var_options={"inventory_hostname": "pc", "ansible_password": "x", "_extras": extras, **given})
    plugin._build_winrm_kwargs()
    scheme, port = plugin._winrm_scheme, plugin._winrm_port
    basic = False
    for name in plugin._winrm_transport:
        if name in ("kerberos", "credssp"):  # their libraries are not installed everywhere
            continue
        pem = "/etc/hostname" if name == "certificate" or plugin._winrm_kwargs.get("cert_pem") else None
        transport = Transport(f"{scheme}://pc:{port}/wsman", username="me", password="x", auth_method=name,
                              cert_pem=pem, cert_key_pem=pem)
        basic = basic or type(transport.build_session().auth).__name__ == "HTTPBasicAuth"
    return {"ports": [port], "basic": basic, "scheme": scheme, "transports": plugin._winrm_transport}

def psrp(given):
    plugin = connection_loader.get("ansible.builtin.psrp", PlayContext())
    plugin.set_options(var_options={"inventory_hostname": "pc", **given})
    port, protocol = plugin.get_option("port"), plugin.get_option("protocol")
    # plugins/connection/psrp.py, _build_kwargs: what is not given follows from the other
    protocol = protocol or ("http" if port == 5985 else "https")
    return {"ports": [port or (5986 if protocol == "https" else 5985)]}

kind, cases = json.load(sys.stdin)
print(json.dumps([{"winrm": winrm, "psrp": psrp}[kind](case) for case in cases]))
"""


def really(kind: str, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the connection plugins of ansible-core make of variables, and pywinrm of each transport."""
    asked = json.dumps([kind, cases])
    done = subprocess.run([sys.executable, "-c", _ORACLE], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_of_winrm_the_port_and_whether_it_is_basic_are_what_ansible_and_pywinrm_do() -> None:
    seen = set()
    for given, found in zip(CASES, really("winrm", CASES), strict=True):
        said = FILTERS.read_way({"ansible_connection": "winrm", **given})
        assert said["ports"] == found["ports"], given
        assert said["basic"] == found["basic"], (given, found)
        seen.add(found["basic"])
    assert seen == {True, False}


def test_of_psrp_the_port_is_what_the_plugin_takes() -> None:
    names = ("ansible_port", "ansible_psrp_port", "ansible_psrp_protocol")
    values = itertools.product((None, 5985, 15986), (None, 5985, 6000), (None, "http", "https"))
    cases = [{name: value for name, value in zip(names, one, strict=True) if value is not None} for one in values]
    for given, found in zip(cases, really("psrp", cases), strict=True):
        assert FILTERS.read_way({"ansible_connection": "ansible.builtin.psrp", **given})["ports"] == found["ports"], (
            given
        )


@pytest.mark.parametrize(
    ("given", "basic", "cleartext"),
    [
        ({"ansible_connection": "winrm"}, True, False),  # ssl with a password: Basic
        ({"ansible_connection": "winrm", "ansible_port": 5985}, True, True),  # plaintext
        ({"ansible_connection": "winrm", "ansible_winrm_transport": "ntlm,ssl"}, True, False),  # it may fall back
        ({"ansible_connection": "winrm", "ansible_winrm_transport": "ntlm", "ansible_port": 5985}, False, False),
        (
            {
                "ansible_connection": "winrm",
                "ansible_winrm_transport": "ntlm",
                "ansible_port": 5985,
                "ansible_winrm_message_encryption": "never",
            },
            False,
            True,
        ),
        ({"ansible_connection": "psrp"}, False, False),  # negotiate
        ({"ansible_connection": "psrp", "ansible_psrp_auth": "basic"}, True, False),
        (
            {"ansible_connection": "psrp", "ansible_psrp_protocol": "http", "ansible_psrp_message_encryption": "never"},
            False,
            True,
        ),
        ({"ansible_connection": "ssh"}, False, False),
        ({"ansible_connection": "local"}, True, True),  # nothing is known of it
        ({"ansible_connection": "some.other.way"}, True, True),
        ({}, True, True),
    ],
)
def test_basic_is_ruled_out_only_where_it_is_known_to_be_something_else(
    given: dict[str, Any], basic: bool, cleartext: bool
) -> None:
    said = FILTERS.read_way(given)
    assert (said["basic"], said["cleartext"]) == (basic, cleartext)


def test_ports_of_ssh_are_those_that_are_named_and_no_port_is_refused() -> None:
    assert FILTERS.read_way({"ansible_connection": "ssh", "ansible_port": "2222"})["ports"] == [2222]
    assert FILTERS.read_way({"ansible_connection": "ssh"})["ports"] == []  # the session itself tells
    with pytest.raises(Exception, match="no port"):
        FILTERS.read_way({"ansible_connection": "winrm", "ansible_port": "5985;calc"})


MACHINE = "S-1-5-21-1-2-3"
DOMAIN = "S-1-5-21-7-8-9"


def accounts(**own: Any) -> dict[str, Any]:
    members = [
        {"sid": f"{MACHINE}-500", "name": "PC7\\Administrateur", "kind": "user"},
        {"sid": f"{MACHINE}-1001", "name": "PC7\\auditor", "kind": "user"},
        {"sid": f"{MACHINE}-1002", "name": "PC7\\lea", "kind": "user"},
        {"sid": f"{DOMAIN}-1103", "name": "CENTRE\\lea", "kind": "user"},
        {"sid": f"{DOMAIN}-512", "name": "CENTRE\\Admins du domaine", "kind": "group"},
        {"sid": f"{DOMAIN}-1999", "name": "", "kind": "user"},
        {"sid": "S-1-12-1-1-2-3-4", "name": "", "kind": ""},
    ]
    users = [
        {"sid": f"{MACHINE}-500", "name": "Administrateur", "enabled": True, "ages": False, "days": 900},
        {"sid": f"{MACHINE}-501", "name": "Invité", "enabled": True, "ages": True, "days": 0},
        {"sid": f"{MACHINE}-1001", "name": "auditor", "enabled": True, "ages": True, "days": 100},
    ]
    return {
        "me": f"{MACHINE}-1001", "machine": "PC7", "controller": False, "laps": False, "laps_account": "",
        "remote_filter_off": False, "filter_builtin": False, "members": members, "users": users, **own,
    }  # fmt: skip


def test_administrators_are_told_apart_by_their_directory() -> None:
    """PRV-01: a bare name is a local account; the account that connects, groups and SIDs without a name stay."""
    surplus = FILTERS.find_surplus
    assert surplus(accounts(), []) == [f"{MACHINE}-1002", f"{DOMAIN}-1103"]
    assert surplus(accounts(), ["Lea"]) == [f"{DOMAIN}-1103"]
    assert surplus(accounts(), ["centre\\LEA"]) == [f"{MACHINE}-1002"]
    assert surplus(accounts(), [f"{DOMAIN}-1103", "PC7\\lea"]) == []
    assert f"{MACHINE}-1001" in surplus(accounts(me=f"{MACHINE}-1002"), [])
    with pytest.raises(Exception, match="domain controller"):
        surplus(accounts(controller=True), [])
    with pytest.raises(Exception, match="no SID"):
        surplus(accounts(members=[{"sid": '"}; calc', "name": "PC7\\x", "kind": "user"}]), [])


def test_the_built_in_administrator_goes_only_where_another_gets_in() -> None:
    find = FILTERS.find_default_accounts
    assert find(accounts()) == [f"{MACHINE}-500", f"{MACHINE}-501"]
    assert find(accounts(me=f"{MACHINE}-500")) == [f"{MACHINE}-501"]
    assert find(accounts(laps=True)) == [f"{MACHINE}-501"]
    assert find(accounts(laps=True, laps_account="lapsadmin")) == [f"{MACHINE}-500", f"{MACHINE}-501"]
    alone = [member for member in accounts()["members"] if member["sid"].endswith(("-500", "-1999"))]
    with pytest.raises(Exception, match="the only one"):
        find(accounts(members=alone))


def test_who_would_lose_rights_or_the_way_in_is_seen_before() -> None:
    """User Account Control filters local accounts that come over the network: "User Account Control and WMI"."""
    assert FILTERS.is_filtered(accounts())
    assert not FILTERS.is_filtered(accounts(remote_filter_off=True))
    assert not FILTERS.is_filtered(accounts(me=f"{MACHINE}-500"))
    assert FILTERS.is_filtered(accounts(me=f"{MACHINE}-500", filter_builtin=True))
    assert not FILTERS.is_filtered(accounts(me=f"{DOMAIN}-1103"))
    assert FILTERS.is_too_old(accounts(), 90)
    assert not FILTERS.is_too_old(accounts(), 365)
    assert not FILTERS.is_too_old(accounts(me=f"{MACHINE}-500"), 90)  # its password never ages
    assert not FILTERS.is_too_old(accounts(me=f"{DOMAIN}-1103"), 90)
    assert Path(_PATH).is_file()
