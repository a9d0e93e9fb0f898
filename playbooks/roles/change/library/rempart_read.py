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

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.rempart_reads.answering import answer, find_system


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
