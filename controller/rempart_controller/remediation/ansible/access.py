"""How Ansible reaches the hosts that are meant."""

import os
from collections.abc import Sequence

from rempart_controller.inventory.host_choice import HostChoice, Passwords
from rempart_controller.remediation.ansible.event import Limits
from rempart_controller.remediation.ansible.playbook import Access
from rempart_core.error import UsageError
from rempart_core.messages.message import Message


def read_access(choice: HostChoice, passwords: Passwords, parallel: int, task: float = 0.0) -> Access:
    """Return how hosts are reached.

    Args:
        choice: The hosts, and the way to them.
        passwords: What ``open_hosts.read_hosts`` asked for.
        parallel: Hosts at a time.
        task: Seconds after which a host counts as lost that does not end a task; 0 for the usual time.

    Raises:
        UsageError: A way that Ansible can't go where nobody sits before it.
    """
    if choice.ask_vault_pass:
        raise UsageError(Message("change.vault_pass"))
    words: list[str] = []
    for name, value in (("--user", choice.user), ("--private-key", choice.private_key)):
        words += [name, value] if value else []
    for name, values in (("--vault-id", choice.vault_ids), ("--vault-password-file", choice.vault_password_files)):
        words += [word for value in values for word in (name, value)]
    words += ["--become"] if choice.become else []
    task = task or Limits().task
    return Access(
        name_inventories(choice.inventories),
        words,
        passwords.connection,
        passwords.become,
        parallel,
        Limits(task=task, host=max(2 * task, Limits().host)),
    )


def name_inventories(given: Sequence[str]) -> list[str]:
    """Return inventories by whole paths; a list of hosts (``HOST,``) is none."""
    return [one if "," in one else os.path.abspath(one) for one in given]
