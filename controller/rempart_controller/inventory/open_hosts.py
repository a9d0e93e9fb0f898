"""The hosts that options name, with what the command line adds to each."""

import argparse
import os
from typing import Any

from rempart_controller.run_deadline import left
from rempart_core.error import UsageError


def read_hosts(options: argparse.Namespace) -> list[Any]:
    """Return the hosts of the inventory that the options name, with what the command line adds to each.

    The passwords that are asked for on the way stay in the options: ``connection_password``, ``become_password``.

    Raises:
        UsageError: The inventory can't be read, or holds no such host.
    """
    if os.name == "nt":
        raise UsageError("a fleet is audited from Linux or macOS: Ansible, which reads inventories, is not for Windows")
    from rempart_controller.inventory.read_inventory import INVENTORY_DEADLINE, Vault, read_inventory

    vault = Vault(tuple(options.vault_id), tuple(options.vault_password_file), options.ask_vault_pass)
    hosts = read_inventory(options.inventory, options.limit, vault, left(options, INVENTORY_DEADLINE))
    password = become = ""
    if options.ask_pass or options.ask_become_pass:
        import getpass

        password = getpass.getpass("SSH password: ") if options.ask_pass else ""
        become = (getpass.getpass("BECOME password: ") or password) if options.ask_become_pass else ""
    options.connection_password, options.become_password = password, become
    return [_complete(host, options, password, become) for host in hosts]


def read_again(options: argparse.Namespace) -> list[Any]:
    """Return the hosts as the inventory names them now; no password is asked for again.

    Raises:
        UsageError: The inventory can't be read, or holds no such host.
    """
    from rempart_controller.inventory.read_inventory import INVENTORY_DEADLINE, Vault, read_inventory

    vault = Vault(tuple(options.vault_id), tuple(options.vault_password_file), False)
    return read_inventory(options.inventory, options.limit, vault, left(options, INVENTORY_DEADLINE))


def _complete(host: Any, options: argparse.Namespace, password: str, become: str) -> Any:
    """Add what the command line says where the inventory says nothing: as in Ansible, variables win."""
    mine = {"remote_user": options.user, "password": password, "private_key_file": options.private_key}
    added = {name: value for name, value in mine.items() if value and not host.options.get(name)}
    on = host.become.on or (options.become and "ansible_become" not in host.variables)
    rights = host.become._replace(on=on, password=host.become.password or become)
    return host._replace(options={**host.options, **added}, become=rights)
