"""The inventory: what Ansible says of hosts, and which inventories are refused."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rempart_agent.audit.request import Request
from rempart_controller.inventory import read_inventory as reading
from rempart_controller.inventory.host import Host, settings_of
from rempart_controller.inventory.read_inventory import Vault, read_inventory
from rempart_core.error import EndpointError, UsageError

ROOT = Path(__file__).resolve().parents[3]


def write(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o644)
    return str(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of an inventory, without the user's own ansible.cfg."""
    monkeypatch.setenv("ANSIBLE_CONFIG", write(tmp_path / "ansible.cfg", ""))
    folder = tmp_path / "inventory"
    (folder / "group_vars").mkdir(parents=True)
    for place in (folder, folder / "group_vars"):
        place.chmod(0o755)
    return folder


def by_name(hosts: list[Host]) -> dict[str, Host]:
    return {host.name: host for host in hosts}


def test_variables_are_templated_and_inherited(folder: Path) -> None:
    source = write(
        folder / "hosts.ini",
        "[web]\nw1 number=1\nw2 number=2 ansible_user=own\n[web:vars]\nansible_host=10.0.0.{{ number }}\n[db]\nd1\n",
    )
    write(
        folder / "group_vars/web.yml",
        "ansible_user: '{{ who }}'\nwho: deploy\nansible_become: true\nansible_become_password: \"{{ 'a' ~ 'b' }}\"\n"
        "rempart_parameters: {TST-01: {least: '{{ 2 + 1 }}'}}\nneeds_facts: '{{ ansible_facts.x.y }}'\n",
    )
    hosts = by_name(read_inventory([source]))
    assert sorted(hosts) == ["d1", "w1", "w2"]
    assert (hosts["w1"].options["host"], hosts["w1"].options["remote_user"]) == ("10.0.0.1", "deploy")
    assert (hosts["w2"].options["host"], hosts["w2"].options["remote_user"]) == ("10.0.0.2", "own")
    assert (hosts["w1"].become.on, hosts["w1"].become.user, hosts["w1"].become.password) == (True, "root", "ab")
    assert not hosts["d1"].become.on
    assert hosts["w1"].groups == ("web",)
    assert settings_of(hosts["w1"], Request()).values == {"TST-01": {"least": 3}}
    assert hosts["w1"].errors == {}


def test_a_pattern_limits_as_in_ansible(folder: Path) -> None:
    source = write(folder / "hosts.ini", "[web]\nw[1:3]\n[db]\nd1\nw3\n")
    assert [host.name for host in read_inventory([source], "web:!db")] == ["w1", "w2"]
    assert [host.name for host in read_inventory(["a,b,"])] == ["a", "b"]
    with pytest.raises(UsageError, match="nobody"):
        read_inventory([source], "nobody")


def test_a_vault_is_opened(folder: Path, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", "sesame\n")
    text = write(folder / "group_vars/all.yml", "ansible_password: geheim\n")
    command = [str(Path(sys.executable).parent / "ansible-vault"), "encrypt", "--vault-password-file", secret, text]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    source = write(folder / "hosts.ini", "one\n")
    (host,) = read_inventory([source], vault=Vault(files=(secret,)))
    assert host.options["password"] == "geheim"
    with pytest.raises(UsageError, match="cannot read the inventory"):
        read_inventory([source])


def test_a_program_may_be_an_inventory(folder: Path) -> None:
    source = folder / "hosts.sh"
    write(source, '#!/bin/sh\necho \'{"web": {"hosts": ["dyn"]}, "_meta": {"hostvars": {}}}\'\n')
    source.chmod(0o755)
    assert [host.name for host in read_inventory([str(source)])] == ["dyn"]


@pytest.mark.parametrize("name", ["hosts.ini", "group_vars/all.yml", "group_vars", "."])
def test_what_others_may_write_to_is_refused(folder: Path, name: str) -> None:
    source = write(folder / "hosts.ini", "one\n")
    write(folder / "group_vars/all.yml", "x: 1\n")
    (folder / name).chmod((folder / name).stat().st_mode | 0o002)
    with pytest.raises(UsageError, match="other users can write"):
        read_inventory([source])


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file away")
def test_what_belongs_to_another_user_is_refused(folder: Path) -> None:
    source = write(folder / "hosts.ini", "one\n")
    os.chown(source, 65534, 65534)
    with pytest.raises(UsageError, match="belongs to another user"):
        read_inventory([source])


def test_what_can_not_be_worked_out_is_the_hosts_own_trouble(folder: Path) -> None:
    source = write(folder / "hosts.ini", "good\nbad ansible_host='{{ missing }}'\n")
    hosts = by_name(read_inventory([source]))
    assert settings_of(hosts["good"], Request()).role == ""
    with pytest.raises(EndpointError, match=r"ansible_host cannot be evaluated: .*missing"):
        settings_of(hosts["bad"], Request())


def test_half_an_inventory_is_none(folder: Path) -> None:
    """Ansible itself would go on with the hosts that stand before the mistake."""
    source = write(folder / "hosts.ini", "good\nbad this is no variable\n")
    with pytest.raises(UsageError, match="cannot read the inventory"):
        read_inventory([source])
    with pytest.raises(UsageError, match="cannot read the inventory"):
        read_inventory([source, "other,"])


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"rempart_role": "servr"}, "possible: workstation, server"),
        ({"rempart_rol": "server"}, "did you mean"),
        ({"rempart_parameters": ["x"]}, "CHECK: {NAME: VALUE}"),
        (
            {"rempart_parameters": {"A-1": {"x": 1}}, "rempart_parameters_b": {"a-1": {"x": 2}}},
            "values for a-1.x",
        ),
        ({"rempart_criticality": "huge"}, "low, medium, high, critical"),
        ({"rempart_waivers": 7}, "rempart_waivers"),
    ],
)
def test_a_wrong_variable_is_named(variables: dict[str, object], said: str) -> None:
    with pytest.raises(EndpointError) as caught:
        settings_of(Host("x", variables=variables), Request())
    assert said in str(caught.value)
    assert caught.value.kind == "settings"


def test_the_command_line_wins_and_parts_of_parameters_add_up() -> None:
    host = Host(
        "x",
        variables={
            "rempart_role": "server",
            "rempart_profile": "all",
            "rempart_parameters": {"A-1": {"x": 1}},
            "rempart_parameters_more": {"A-1": {"y": 2}, "B-1": {"z": 3}},
            "rempart_waivers": ["w.yaml", "/abs.yaml"],
        },
        directory="/inv",
    )
    terms = settings_of(host, Request(role="workstation"))
    assert (terms.role, terms.profile) == ("workstation", "all")
    assert terms.values == {"A-1": {"x": 1, "y": 2}, "B-1": {"z": 3}}
    assert terms.waivers == ("/inv/w.yaml", "/abs.yaml")


def test_the_example_is_read_and_makes_sense() -> None:
    hosts = by_name(read_inventory([str(ROOT / "inventory/hosts.yaml")]))
    assert len(hosts) == 6
    for host in hosts.values():
        settings_of(host, Request())
    assert hosts["files1.example.org"].options["port"] == 2222
    assert hosts["here"].connection == "local"
    assert "ProxyJump" in hosts["agent01.example.org"].options["ssh_common_args"]


def test_ansibles_own_words_name_file_and_line_and_no_password(folder: Path) -> None:
    source = write(folder / "hosts.yml", "all:\n  hosts:\n    a: {ansible_password: hunter2}\n   b: x\n")
    with pytest.raises(UsageError) as raised:
        read_inventory([source])
    said = str(raised.value)
    assert "did not find expected key" in said
    assert f"Origin: {source}:4:4" in said
    assert "hunter2" not in said


def test_what_a_program_complains_of_is_shown(folder: Path) -> None:
    source = write(folder / "program", "#!/bin/sh\necho 'no route to the cloud' >&2\nexit 3\n")
    os.chmod(source, 0o755)
    with pytest.raises(UsageError, match="no route to the cloud"):
        read_inventory([source])


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_program_that_hangs_is_ended_with_all_that_it_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = folder / "pid"

    def wait(*arguments: Any) -> Any:
        """Let the deadline pass once the program has begun, however long Ansible takes until then."""
        until = time.monotonic() + 120
        while not mark.is_file() or not mark.read_text():
            assert time.monotonic() < until
            time.sleep(0.02)
        return select.select(*arguments)

    monkeypatch.setattr(reading, "select", SimpleNamespace(select=wait))
    source = write(folder / "program", f"#!/bin/sh\nsleep 600 & echo $! > {mark}; wait\n")
    os.chmod(source, 0o755)
    with pytest.raises(EndpointError, match="the inventory was not read within 1 s"):
        read_inventory([source], deadline=1)
    until = time.monotonic() + 60  # a kill takes effect when the program gets its turn
    while is_running(int(mark.read_text())):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_two_hosts_of_one_name_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = write(folder / "first.ini", "web ansible_host=10.0.0.1\ndb ansible_host=10.0.0.3\n")
    second = write(folder / "second.ini", "web ansible_host=10.0.0.2\ndb ansible_host=10.0.0.3\n")
    hosts = by_name(read_inventory([first, second]))
    assert hosts["web"].options["host"] == "10.0.0.2"
    said = capsys.readouterr().err
    assert "two hosts of the inventory are named web, at 10.0.0.1 + 10.0.0.2: only the last is asked" in said
    assert "db" not in said


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file to a group")
@pytest.mark.parametrize("name", ["hosts.ini", "group_vars", "."])
def test_what_a_group_of_others_may_write_to_is_refused(folder: Path, name: str) -> None:
    source = write(folder / "hosts.ini", "one\n")
    os.chown(folder / name, 0, 100)  # users
    (folder / name).chmod((folder / name).stat().st_mode | 0o020)
    with pytest.raises(UsageError, match="other users can write"):
        read_inventory([source])
