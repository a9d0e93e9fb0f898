#!/usr/bin/python
"""An Ansible module: a change as a transaction on the endpoint; ``module_utils/rempart_change`` does it."""

DOCUMENTATION = r"""
module: rempart_change
short_description: Save before a change, and undo it
description:
  - Saves what a change is about to touch, arms a timer that undoes it, confirms it, keeps it or undoes it.
options:
  action:
    description: What to do.
    type: str
    required: true
    choices: [begin, arm, confirm, end, revert, status]
  change:
    description: Id of the change; of no use with C(status).
    type: str
    default: ""
  holder:
    description: Who makes the change, for others to read.
    type: str
    default: ""
  seconds:
    description:
      - After which the lock may be taken by another (C(begin)) or the change is undone (C(arm), and C(revert) of some
        checks, where what others need is fixed again and can cut the way in; 0 there for no timer).
    type: int
    default: 600
  saves:
    description: What each check's fix touches (C(begin)).
    type: dict
    default: {}
  checks:
    description: The checks whose fixes are undone (C(revert)); none for all.
    type: list
    elements: str
    default: []
  expected:
    description: SHA-256 that the manifest must have (C(revert)).
    type: str
    default: ""
  force:
    description: Whether what somebody else has changed since is restored too (C(revert)).
    type: bool
    default: false
author: The Rempart team
"""

EXAMPLES = r"""
- name: Save what the fix of RMT-01 touches
  rempart_change:
    action: begin
    change: c20261125-1
    saves:
      RMT-01:
        files: [/etc/ssh/sshd_config.d/00-rempart-rmt-01.conf]
        units: [ssh.service]
"""

RETURN = r"""
answer:
  description: What the action came to.
  type: dict
  returned: success
"""

from ansible.module_utils import rempart_change
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.rempart_change import action, place, restoring, saving, sharing, sight, timer

_MAIN = b"""\
import sys
from rempart_change import action, place
with place.Guard():
    answer = action.revert(sys.argv[1], [], force=True, by="timer")
print(answer)
sys.exit(bool(answer["failed"]))
"""


def collect_program():
    """Return the files of the program that the timer runs, by path: the code that this module itself came with."""
    files = {"__main__.py": _MAIN}
    for one in (rempart_change, action, place, restoring, saving, sharing, sight, timer):
        name = one.__name__.rpartition(".")[2]
        path = "rempart_change/%s.py" % ("__init__" if one is rempart_change else name)
        files[path] = one.__loader__.get_source(one.__name__).encode()
    return files


def act(wanted):
    """Do what the parameters say."""
    name, change = wanted["action"], wanted["change"]
    if name == "begin":
        return action.begin(change, wanted["holder"], wanted["seconds"], wanted["saves"], collect_program())
    if name == "arm":
        return action.arm(change, wanted["seconds"])
    if name == "revert" and wanted["dry"]:
        return action.foresee(change, wanted["checks"])
    if name == "revert":
        return action.revert(
            change, wanted["checks"], wanted["expected"], force=wanted["force"], seconds=wanted["seconds"]
        )
    return {"confirm": action.confirm, "end": action.end}[name](change) if name != "status" else action.status()


def main():
    """Run."""
    module = AnsibleModule(
        argument_spec={
            "action": {
                "type": "str",
                "required": True,
                "choices": ["begin", "arm", "confirm", "end", "revert", "status"],
            },
            "change": {"type": "str", "default": ""},
            "holder": {"type": "str", "default": ""},
            "seconds": {"type": "int", "default": 600},
            "saves": {"type": "dict", "default": {}},
            "checks": {"type": "list", "elements": "str", "default": []},
            "expected": {"type": "str", "default": ""},
            "force": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    if module.check_mode and module.params["action"] not in ("revert", "status"):
        module.exit_json(changed=False, answer={})
    try:
        wanted = dict(module.params, dry=module.check_mode)
        if module.check_mode or wanted["action"] == "status":  # who only looks makes no folder
            answer = act(wanted)
        else:
            with place.Guard():
                answer = act(wanted)
    except (place.Refusal, OSError) as error:
        module.fail_json(msg=str(error))
    # What is saved for an undo is no change of the endpoint; what is undone is one.
    module.exit_json(changed=bool(answer.get("restored")), answer=answer)


if __name__ == "__main__":
    main()
