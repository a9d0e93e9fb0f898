"""The hosts that are meant, with what the command line adds to each."""

import os

from rempart_controller.inventory.host import Host
from rempart_controller.inventory.host_choice import HostChoice, Passwords
from rempart_core.error import UsageError
from rempart_core.messages.message import Message


def read_hosts(choice: HostChoice) -> tuple[list[Host], Passwords]:
    """Return the hosts that are meant, with what the command line adds to each, and the passwords that were asked for.

    Raises:
        UsageError: The inventory can't be read, or holds no such host.
    """
    if os.name == "nt":
        raise UsageError(Message("inventory.windows"))
    hosts = _read(choice, ask=choice.ask_vault_pass)
    password = become = ""
    if choice.ask_pass or choice.ask_become_pass:
        import getpass

        password = getpass.getpass("SSH password: ") if choice.ask_pass else ""
        become = (getpass.getpass("BECOME password: ") or password) if choice.ask_become_pass else ""
    passwords = Passwords(password, become)
    return [_complete(host, choice, passwords) for host in hosts], passwords


def read_again(choice: HostChoice) -> list[Host]:
    """Return the hosts as the inventory names them now; no password is asked for again.

    Raises:
        UsageError: The inventory can't be read, or holds no such host.
    """
    return _read(choice, ask=False)


def _read(choice: HostChoice, *, ask: bool) -> list[Host]:
    from rempart_controller.inventory.read_inventory import INVENTORY_DEADLINE, Vault, read_inventory

    vault = Vault(choice.vault_ids, choice.vault_password_files, ask)
    return read_inventory(choice.inventories, choice.limit, vault, choice.deadline.left(INVENTORY_DEADLINE))


def _complete(host: Host, choice: HostChoice, passwords: Passwords) -> Host:
    """Add what the command line says where the inventory says nothing: as in Ansible, variables win."""
    mine = {"remote_user": choice.user, "password": passwords.connection, "private_key_file": choice.private_key}
    added = {name: value for name, value in mine.items() if value and not host.options.get(name)}
    on = host.become.on or (choice.become and "ansible_become" not in host.variables)
    rights = host.become._replace(on=on, password=host.become.password or passwords.become)
    return host._replace(options={**host.options, **added}, become=rights)
