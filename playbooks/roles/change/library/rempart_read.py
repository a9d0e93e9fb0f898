#!/usr/bin/python
"""An Ansible module: what fixes have to know before they can say what they want, read by one call."""

DOCUMENTATION = r"""
module: rempart_read
short_description: Read what fixes have to know
description:
  - Reads and runs what only tells. The module's action plugin answers a task from what one call at the beginning of the
    play has read for all fixes, where it has.
options:
  run:
    description: A program that only tells, with its words. It fails as M(ansible.builtin.command) does.
    type: list
    elements: str
  runs:
    description: Several of them.
    type: list
    elements: list
  content:
    description: A file whose contents are wanted. It fails as M(ansible.builtin.slurp) does.
    type: str
  contents:
    description: Files whose contents are wanted; of one that can't be read there is none.
    type: list
    elements: str
  stat:
    description: A path of which it is wanted what it is; a link is followed.
    type: str
  stats:
    description: Paths of which it is wanted what they are; links are followed.
    type: list
    elements: str
  accounts:
    description: What is wanted of all accounts, when they last logged in or which of them a public key opens.
    type: str
    choices: [logins, keyed]
  reads:
    description: Several of the above; the action plugin sets it.
    type: list
    elements: dict
  facts:
    description: Whether it is told too which system this is; with O(reads).
    type: bool
author: The Rempart team
"""

EXAMPLES = r"""
- name: Read which options sshd goes by
  rempart_read:
    run: [/usr/sbin/sshd, -T]
  register: sshd
"""

RETURN = r"""
stdout:
  description: What a program said, with RV(rc), RV(stderr), RV(stdout_lines).
  type: str
  returned: with O(run)
accounts:
  description: Names of the accounts that have a key.
  type: list
  returned: with O(accounts=keyed)
seen:
  description: Seconds since 1970 of the last login, by account; RV(since) is that of the oldest login of any record.
  type: dict
  returned: with O(accounts=logins)
results:
  description: What each of several came to, in their order.
  type: list
  returned: with O(runs), O(contents), O(stats)
facts:
  description: Which system this is.
  type: dict
  returned: with O(facts)
"""

import base64
import grp
import os
import platform
import stat

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.facts.system.distribution import Distribution
from ansible.module_utils.rempart_reads import keyed, logins


def run(module, words):
    """Return what a program said, as M(ansible.builtin.command) does."""
    try:
        status, out, err = module.run_command([str(word) for word in words], handle_exceptions=False)
    except (OSError, ValueError) as error:
        status, out, err = 2, "", str(error)
    out, err = out.rstrip("\r\n"), err.rstrip("\r\n")
    found = {"rc": status, "stdout": out, "stderr": err, "stdout_lines": out.splitlines()}
    if status:
        found.update(failed=True, msg="{}: {}".format(words[0], err or "exit status {}".format(status)))
    return found


def read(path):
    """Return the contents of a file, in base64; none where it can't be read."""
    try:
        with open(path, "rb") as file:
            return {"item": path, "content": base64.b64encode(file.read()).decode()}
    except OSError as error:
        return {"item": path, "why": str(error)}


def look(path):
    """Return what lies at a path."""
    try:
        found = os.stat(path)
    except OSError:
        return {"item": path, "stat": {"exists": False}}
    try:
        group = grp.getgrgid(found.st_gid).gr_name
    except KeyError:
        group = ""
    return {
        "item": path,
        "stat": {
            "exists": True,
            "path": path,
            "isdir": stat.S_ISDIR(found.st_mode),
            "isreg": stat.S_ISREG(found.st_mode),
            "uid": found.st_uid,
            "gid": found.st_gid,
            "gr_name": group,
            "mode": "%04o" % stat.S_IMODE(found.st_mode),
        },
    }


def find_system(module):
    """Return which system this is, in the words of M(ansible.builtin.setup)."""
    found = dict(Distribution(module).get_distribution_facts(), system=platform.system())
    return {"ansible_" + name: value for name, value in found.items()}


def answer(module, wanted):
    """Return what one task wants to know."""
    if wanted.get("run"):
        return run(module, wanted["run"])
    if wanted.get("accounts"):
        try:
            return {"logins": logins.read_logins, "keyed": keyed.read_keyed}[wanted["accounts"]]()
        except OSError as error:
            return {"failed": True, "msg": "a record of logins can't be read: {}".format(error)}
    if wanted.get("stat"):
        return look(wanted["stat"])
    if wanted.get("content"):
        found = read(wanted["content"])
        return found if "content" in found else dict(found, failed=True, msg=found["why"])
    results = [run(module, words) for words in wanted.get("runs") or []]
    failed = [one["msg"] for one in results if one.get("failed")]
    results += [read(path) for path in wanted.get("contents") or []]
    results += [look(path) for path in wanted.get("stats") or []]
    return dict({"failed": True, "msg": "; ".join(failed)} if failed else {}, results=results)


def main():
    """Run."""
    module = AnsibleModule(
        argument_spec={
            "run": {"type": "list", "elements": "str"},
            "runs": {"type": "list", "elements": "list"},
            "content": {"type": "str"},
            "contents": {"type": "list", "elements": "str"},
            "stat": {"type": "str"},
            "stats": {"type": "list", "elements": "str"},
            "accounts": {"type": "str", "choices": ["logins", "keyed"]},
            "reads": {"type": "list", "elements": "dict"},
            "facts": {"type": "bool"},
        },
        supports_check_mode=True,
    )
    given = module.params
    if given["reads"] is not None:
        facts = {"facts": find_system(module)} if given["facts"] else {}
        module.exit_json(changed=False, answers=[answer(module, one) for one in given["reads"]], **facts)
    found = answer(module, given)
    (module.fail_json if found.pop("failed", False) else module.exit_json)(changed=False, **found)


if __name__ == "__main__":
    main()
