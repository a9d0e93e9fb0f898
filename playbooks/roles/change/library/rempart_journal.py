#!/usr/bin/python
"""An Ansible module: a change by its own record on the endpoint; ``module_utils/rempart_fix`` does it."""

DOCUMENTATION = r"""
module: rempart_journal
short_description: Begin, confirm, keep, resume or undo a change
description:
  - What is undone is what the change's own journal names, act by act, each only where it stands as it was left.
options:
  action:
    description: What to do.
    type: str
    required: true
    choices: [begin, confirm, keep, undo, resume, status]
  change:
    description: Id of the change; of no use with C(status).
    type: str
    default: ""
  holder:
    description: Who makes the change, for others to read (C(begin)).
    type: str
    default: ""
  lease:
    description: Seconds after which another may take the endpoint, where who began does not come back (C(begin)).
    type: int
    default: 3600
  guard:
    description: Seconds after which a timer takes back what can cut a way in (C(begin), C(resume)).
    type: int
    default: 300
  plan:
    description: Digest of the signed plan (C(begin)).
    type: str
    default: ""
  lifts_after:
    description: Seconds after which a timer undoes what is kept (C(keep)); 0 for never.
    type: int
    default: 0
  checks:
    description: The checks whose fixes are undone (C(undo)); none for all.
    type: list
    elements: str
    default: []
  force:
    description: Whether what another changed since is replaced too (C(undo)); what is replaced is put aside.
    type: bool
    default: false
  before:
    description: What an audit found before the change, kept on the endpoint for whoever resumes it (C(begin)).
    type: dict
  token:
    description: Names a run that goes on by itself (C(undo), C(resume)); the module's action plugin sets it.
    type: str
    default: ""
  asks:
    description: Whether such a run was started already, and is only asked.
    type: bool
  heard:
    description: Whether the answer of such a run was heard, and what it has said can go.
    type: bool
    default: false
  deadline:
    description: Seconds after which such a run has to end.
    type: int
    default: 3600
  missing_ok:
    description: Whether a change of which there is no record here is no failure.
    type: bool
    default: false
author: The Rempart team
"""

EXAMPLES = r"""
- name: Undo a change
  rempart_journal:
    action: undo
    change: c20261125-1
"""

RETURN = r"""
answer:
  description: What the action came to.
  type: dict
  returned: success
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.rempart_fix import change, contract, older, packing, paths, place, runner, telling

_PATIENCE = 10  # seconds that an answer is waited for; who asked hears then what is being done


def act(wanted):
    """Do what the parameters say."""
    name = wanted["action"]
    if name == "status":
        return change.status()
    here = place.Place(wanted["change"])
    if wanted["heard"]:
        runner.Run(wanted["change"], wanted["token"]).forget()
        return {}
    if name == "begin":
        code = packing.make_program()
        return change.begin(
            here,
            wanted["holder"],
            program=code,
            lease=wanted["lease"],
            guard=wanted["guard"],
            plan=wanted["plan"],
            before=wanted["before"],
        )
    if wanted["missing_ok"] and not change.is_known(here):
        return {"change": wanted["change"], "state": "older" if older.read(here) else "unknown"}
    if (
        name in ("undo", "resume")
        and wanted["token"]
        and not wanted["dry"]
        and (wanted["asks"] or runner.is_possible(here))
    ):
        asked = None if wanted["asks"] else {one: wanted[one] for one in ("action", "checks", "force", "guard")}
        code = b"" if wanted["asks"] else packing.make_program()
        found = runner.call(here, wanted["token"], asked, code, deadline=wanted["deadline"], patience=_PATIENCE)
        if found is not None:
            return dict(found["answer"], by_run=True) if "answer" in found else found
    if name == "undo":
        return change.take_back(here, wanted["checks"], force=wanted["force"], dry=wanted["dry"])
    if name == "resume":
        return change.resume(here, wanted["guard"])
    return change.keep(here, wanted["lifts_after"]) if name == "keep" else change.confirm(here)


def main():
    """Run."""
    module = AnsibleModule(
        argument_spec={
            "action": {
                "type": "str",
                "required": True,
                "choices": ["begin", "confirm", "keep", "undo", "resume", "status"],
            },
            "change": {"type": "str", "default": ""},
            "holder": {"type": "str", "default": ""},
            "lease": {"type": "int", "default": 3600},
            "guard": {"type": "int", "default": 300},
            "plan": {"type": "str", "default": ""},
            "lifts_after": {"type": "int", "default": 0},
            "checks": {"type": "list", "elements": "str", "default": []},
            "force": {"type": "bool", "default": False},
            "missing_ok": {"type": "bool", "default": False},
            "before": {"type": "dict"},
            "token": {"type": "str", "default": ""},
            "asks": {"type": "bool"},
            "heard": {"type": "bool", "default": False},
            "deadline": {"type": "int", "default": 3600},
        },
        supports_check_mode=True,
    )
    wanted = dict(module.params, dry=module.check_mode)
    if module.check_mode and wanted["action"] not in ("undo", "status"):
        module.exit_json(changed=False, answer={})
    try:
        answer = telling.clean(act(wanted))
    except (contract.Refusal, OSError) as error:
        en, fr = telling.clean(paths.find_words(error, place.BASE))
        module.fail_json(msg=en, msg_fr=fr)
    if answer.get("running"):
        module.exit_json(changed=False, **answer)
    by_run = bool(answer.pop("by_run", False))
    module.exit_json(changed=bool(answer.get("changed")), answer=answer, by_run=by_run)


if __name__ == "__main__":
    main()
