#!/usr/bin/python
"""An Ansible module: would this host be changed as another one that was rehearsed; only digests leave it."""

DOCUMENTATION = r"""
module: rempart_alike
short_description: Tell by digests whether this host is as another that was rehearsed
description:
  - Reads what fixes read on the other host. Where this host answers the same, what the fixes want there is opened, and
    check mode is run here. What leaves the host are digests, keyed by a nonce of the plan.
options:
  nonce:
    description: The nonce.
    type: str
    required: true
  reads:
    description: What is read first.
    type: list
    elements: dict
    required: true
  facts:
    description: Whether it counts which system this is.
    type: bool
    default: false
  sealed:
    description: What comes after it, each sealed with all answers before it; the last holds the fixes.
    type: list
    elements: str
    default: []
author: The Rempart team
"""

EXAMPLES = r"""
- name: Compare with a host that was rehearsed
  rempart_alike:
"""

RETURN = r"""
read:
  description: Digest of all that was read.
  type: str
  returned: always
answer:
  description: Digest of what check mode says; empty where the host has answered otherwise.
  type: str
  returned: always
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.rempart_fix import change, contract, place
from ansible.module_utils.rempart_reads.answering import answer, find_system
from ansible.module_utils.rempart_reads.comparing import shorten
from ansible.module_utils.rempart_reads.sealing import digest, unseal


def main():
    """Run."""
    module = AnsibleModule(
        argument_spec={
            "nonce": {"type": "str", "required": True, "no_log": False},
            "reads": {"type": "list", "elements": "dict", "required": True},
            "facts": {"type": "bool", "default": False},
            "sealed": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    given = module.params
    seen = [find_system(module)] if given["facts"] else []
    seen.append([answer(module, one) for one in given["reads"]])
    said = ""
    for number, sealed in enumerate(given["sealed"], 1):
        opened = unseal(given["nonce"], seen, sealed)
        if opened is None:
            break
        if number < len(given["sealed"]):
            seen.append([answer(module, one) for one in opened])
            continue
        try:
            said = digest(
                given["nonce"], shorten(change.fix(place.Place("rehearsal"), opened["fixes"], check_mode=True))
            )
        except (contract.Refusal, OSError):
            said = ""
    module.exit_json(changed=False, read=digest(given["nonce"], seen), answer=said)


if __name__ == "__main__":
    main()
