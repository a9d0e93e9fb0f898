"""A plan as a plain playbook: Ansible runs it without Rempart."""

import os
import shutil

from rempart_controller.remediation.ansible.extra_vars import variables_of, write_overlay
from rempart_controller.remediation.records.plan import FixPlan
from rempart_core.error import RemediationError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

_README = """\
# Plan {id}

Made by {author} on {created}. Ansible alone applies it:

    ansible-playbook {inventories}-i overlay.yml site.yml --check --diff   # what it would change
    ansible-playbook {inventories}-i overlay.yml site.yml
    ansible-playbook {inventories}-i overlay.yml undo.yml                  # roll it back

Hosts of the inventory that the plan does not name are left alone.

Each endpoint records what the fixes do; a fix that can cut off access runs under a timer of the endpoint that rolls it
back after {seconds} s unless a new connection confirms it. Nothing is audited again here: audit the hosts afterwards.
"""
_SITE = """\
---
- name: Fix what was found
  ansible.builtin.import_playbook: apply.yml
  vars:
    rempart_hosts: rempart_planned

- name: Confirm through a new connection, and keep it
  ansible.builtin.import_playbook: finish.yml
  vars:
    rempart_hosts: rempart_planned
"""
_UNDO = """\
---
- name: Roll it back
  ansible.builtin.import_playbook: rollback.yml
  vars:
    rempart_hosts: rempart_planned
"""
_PLANNED = "rempart_planned"
_SECONDS = 300


def write_playbook(folder: str, plan: FixPlan, playbooks: str) -> None:
    """Write a plan into a new folder, with the roles that it uses.

    Args:
        folder: Where it goes; it may be there, and empty.
        plan: The plan; hosts on which nothing can be applied are left out.
        playbooks: The folder of our playbooks, from which roles are copied.

    Raises:
        UsageError: The folder is there already, and not empty.
        RemediationError: It can't be written.
    """
    if os.path.isdir(folder) and os.listdir(folder):
        raise UsageError(Message("change.folder_not_empty", folder=folder))
    change = plan.id.replace("p-", "c-", 1)
    hosts = {
        host.name: variables_of(change, host.applicable, plan.author, _SECONDS)
        for host in plan.hosts
        if host.applicable
    }
    roles = {"change", *(fix.role for _, fix in plan.fixes())}
    try:
        os.makedirs(os.path.join(folder, "roles"), mode=0o700, exist_ok=True)
        for role in sorted(roles):
            source = os.path.join(playbooks, "roles", role)
            shutil.copytree(source, os.path.join(folder, "roles", role), ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("apply.yml", "finish.yml", "rollback.yml"):
            shutil.copyfile(os.path.join(playbooks, name), os.path.join(folder, name))
        write_overlay(folder, hosts, group=_PLANNED)
        inventories = "".join(f"-i {one} " for one in plan.inventories)
        readme = _README.format(
            id=plan.id, author=plan.author, created=plan.created, inventories=inventories, seconds=_SECONDS
        )
        for name, text in (("site.yml", _SITE), ("undo.yml", _UNDO), ("README.md", readme)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise RemediationError(Message("file.unwritable", path=folder, error=reason_of(error))) from error
