"""How Ansible reaches hosts, from the options that choose hosts and the way to them."""

import argparse
import os
from collections.abc import Sequence

from rempart_controller.remediation.ansible.event import Limits
from rempart_controller.remediation.ansible.playbook import Access
from rempart_core.error import UsageError


def read_access(options: argparse.Namespace) -> Access:
    """Return how hosts are reached; ``fleet_command.read_hosts`` has asked for the passwords before.

    Raises:
        UsageError: A way that Ansible can't go where nobody sits before it.
    """
    if options.ask_vault_pass:
        raise UsageError("--ask-vault-pass can't be used where Ansible itself runs: --vault-password-file can")
    words: list[str] = []
    for name, value in (("--user", options.user), ("--private-key", options.private_key)):
        words += [name, value] if value else []
    for name, values in (("--vault-id", options.vault_id), ("--vault-password-file", options.vault_password_file)):
        words += [word for value in values for word in (name, value)]
    words += ["--become"] if options.become else []
    task = float(getattr(options, "task_deadline", 0) or Limits().task)
    return Access(
        name_inventories(options.inventory),
        words,
        options.connection_password,
        options.become_password,
        int(options.parallel) or 1,
        Limits(task=task, host=max(2 * task, Limits().host)),
    )


def name_inventories(given: Sequence[str]) -> list[str]:
    """Return inventories by whole paths; a list of hosts (``HOST,``) is none."""
    return [one if "," in one else os.path.abspath(one) for one in given]
