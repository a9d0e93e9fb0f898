"""Reads an inventory by Ansible's own code; runs in a child process and prints JSON for ``inventory``.

Ansible finds the hosts, merges and templates their variables, opens vaults, and resolves the options of its own
connection and become plugins, so that an audit goes the way that a playbook would, ``ansible.cfg`` and all.

Only variables that a connection or an audit uses (``ansible_*``, ``rempart_*``) are templated, with all that they name:
others may need facts that nobody has gathered, and what they hold is none of our business.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.cli import CLI
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar
from ansible.vars.manager import VariableManager

_KNOWN = 20_000  # names of which one may have been meant
_USED = ("ansible_", "rempart_")
_NAMES = {"smart": "ssh", "paramiko_ssh": "ssh", "paramiko": "ssh"}


def main() -> int:
    """Read the question from standard input, print the answer to the descriptor that the first argument names."""
    question = json.load(sys.stdin)
    try:
        answer = _read(question)
    except AnsibleError as error:
        answer = {"error": str(error)}
    with os.fdopen(int(sys.argv[1]), "w", encoding="utf-8") as out:
        json.dump(answer, out)
    return 0


def _read(question: Mapping[str, Any]) -> dict[str, Any]:
    init_plugin_loader()
    loader = DataLoader()
    identities = [*constants.DEFAULT_VAULT_IDENTITY_LIST, *question["vault_ids"]]
    files = question["vault_password_files"]
    ask = question["ask_vault_password"]
    loader.set_vault_secrets(
        CLI.setup_vault_secrets(loader, identities, vault_password_files=files, ask_vault_pass=ask, auto_prompt=False)
    )
    sources = question["sources"] or constants.DEFAULT_HOST_LIST
    twice = _watch_addresses()
    inventory = InventoryManager(loader=loader, sources=sources)
    variables = VariableManager(loader=loader, inventory=inventory)
    if question["limit"]:
        inventory.subset(question["limit"])
    hosts = inventory.list_hosts(question["pattern"] or "all")
    return {
        "hosts": [_host(host, variables, loader) for host in hosts],
        "sources": [str(one) for one in sources],
        "twice": twice,
        "known": [] if hosts else [name for names in (inventory.hosts, inventory.groups) for name in names][:_KNOWN],
    }


def _watch_addresses() -> dict[str, list[str]]:
    """Note hosts that are given two addresses: Ansible takes two of one name for one, and forgets the first."""
    twice: dict[str, list[str]] = {}
    addresses: dict[tuple[str, str], str] = {}
    real = InventoryData.set_variable

    def watch(self: InventoryData, entity: str, varname: str, value: Any) -> None:
        name = "ansible_host" if varname == "ansible_ssh_host" else varname
        if entity in self.hosts and name == "ansible_host":
            before = addresses.setdefault((entity, name), str(value))
            if before != str(value):
                places = twice.setdefault(str(entity), [before])
                places += [str(value)] if str(value) not in places else []
        real(self, entity, varname, value)

    InventoryData.set_variable = watch
    return twice


def _host(host: Any, manager: Any, loader: Any) -> dict[str, Any]:
    everything = manager.get_vars(host=host, include_hostvars=True)
    templar = Templar(loader=loader, variables=everything)
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, value in everything.items():
        if name.startswith(_USED) and not name.startswith("ansible_facts"):
            try:
                found[name] = _plain(templar.template(value))
            except AnsibleError as error:
                errors[name] = str(error)
    connection = _short(found.get("ansible_connection") or constants.DEFAULT_TRANSPORT)
    groups = sorted(host.get_groups(), key=lambda group: (-group.depth, -group.priority, group.name))
    return {
        "name": host.name,
        "groups": [group.name for group in groups if group.name not in {"all", "ungrouped"}],
        "variables": found,
        "connection": connection,
        "options": _options("connection", connection, {**found, "inventory_hostname": host.name}),
        "become": _become(found),
        "errors": errors,
        "directory": str(everything.get("inventory_dir") or ""),
    }


def _short(name: str) -> str:
    name = str(name).removeprefix("ansible.builtin.").removeprefix("ansible.legacy.")
    return _NAMES.get(name, name)


def _options(kind: str, name: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a plugin as Ansible resolves them: variables, environment, ansible.cfg, defaults."""
    try:
        # The plugin's documentation declares its options: it has to be loaded first.
        from ansible.plugins.loader import become_loader, connection_loader

        plugins = connection_loader if kind == "connection" else become_loader
        plugins.find_plugin_with_context(name)
        plugins.get(name, class_only=True)
        if "ansible_host" not in variables:
            variables = {**variables, "ansible_host": variables.get("inventory_hostname")}
        return {
            key: _plain(value)
            for key, value in constants.config.get_plugin_options(kind, name, variables=variables).items()
        }
    except AnsibleError:
        return {}


def _become(found: Mapping[str, Any]) -> dict[str, Any]:
    wanted = found.get("ansible_become", constants.DEFAULT_BECOME)
    method = _short(found.get("ansible_become_method") or constants.DEFAULT_BECOME_METHOD)
    options = _options("become", method, dict(found))
    return {
        "on": wanted if isinstance(wanted, bool) else str(wanted).lower() in {"true", "yes", "on", "1"},
        "method": method,
        "user": options.get("become_user") or "root",
        "exe": options.get("become_exe") or method,
        "flags": options.get("become_flags") or "",
        "password": options.get("become_pass") or "",
    }


def _plain(value: Any) -> Any:
    """Return what a variable holds as plain data, without Ansible's own kinds of text and list."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
