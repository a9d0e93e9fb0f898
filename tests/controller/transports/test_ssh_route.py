"""The way to a host, from Ansible's options and the user's settings for SSH."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rempart_controller.inventory.host import Host
from rempart_controller.transports.ssh_route import find_route
from rempart_core.error import EndpointError

SETTINGS: dict[str, dict[str, Any]] = {
    "gate": {"hostname": "10.0.0.1", "port": "2200", "user": "jumper", "identityfile": ["/keys/gate"]},
    "far": {"proxyjump": "gate"},
    "loop": {"proxyjump": "loop"},
    "odd": {"proxycommand": "nc %h %p %%", "hostkeyalias": "even", "identitiesonly": "yes"},
}


def lookup(name: str) -> Mapping[str, Any]:
    return SETTINGS.get(name, {})


def test_options_of_the_inventory_win_over_settings() -> None:
    host = Host("x", options={"host": "gate", "port": 22, "remote_user": "me", "private_key_file": "/keys/mine"})
    (hop,) = find_route(host, lookup)
    assert (hop.address, hop.port, hop.user, hop.keys) == ("10.0.0.1", 22, "me", ("/keys/mine", "/keys/gate"))


@pytest.mark.parametrize(
    "words",
    [
        "-J gate",
        "-Jgate",
        "-o ProxyJump=gate",
        "-oProxyJump=gate",
        "-o 'ProxyJump gate'",
        "-C -v -o proxyjump=gate -J x",
    ],
)
def test_jumps_are_found_in_arguments(words: str) -> None:
    first, last = find_route(Host("web", options={"ssh_common_args": words}), lookup)
    assert (first.address, first.port, first.user) == ("10.0.0.1", 2200, "jumper")
    assert last.address == "web"


@pytest.mark.parametrize(("words", "way"), [("-F other", ["10.0.0.9", "far"]), ("-Fother -J b", ["b", "far"])])
def test_settings_of_another_file_stand_in_place_of_the_users(words: str, way: list[str]) -> None:
    other = {"far": {"proxyjump": "gate"}, "gate": {"hostname": "10.0.0.9"}}
    route = find_route(
        Host("far", options={"ssh_common_args": words}), lookup, {"other": lambda name: other.get(name, {})}.__getitem__
    )
    assert [hop.address for hop in route] == way


def test_several_jumps_with_users_ports_and_jumps_of_their_own() -> None:
    route = find_route(Host("web", options={"ssh_extra_args": "-J far,me@[::1]:2022,b:23"}), lookup)
    assert [(hop.address, hop.port) for hop in route] == [
        ("10.0.0.1", 2200),
        ("far", 22),
        ("::1", 2022),
        ("b", 23),
        ("web", 22),
    ]
    assert route[2].user == "me"


def test_a_proxy_command_is_filled_in() -> None:
    (hop,) = find_route(Host("odd", options={"port": 77}), lookup)
    assert (hop.alias, hop.only) == ("even", True)
    assert hop.proxy == "nc odd 77 %"


@pytest.mark.parametrize(
    "options", [{"host": "loop"}, {"port": "many"}, {"port": 70000}, {"ssh_common_args": "-o 'never closed"}]
)
def test_what_makes_no_sense_is_said(options: dict[str, Any]) -> None:
    with pytest.raises(EndpointError) as caught:
        find_route(Host("x", options=options), lookup)
    assert caught.value.kind == "settings"


def test_no_secret_is_shown() -> None:
    host = Host(
        "x", options={"password": "geheim", "private_key_passphrase": "tief"}, variables={"ansible_password": "geheim"}
    )
    shown = repr(host) + repr(find_route(host, lookup))
    assert "geheim" not in shown
    assert "tief" not in shown
