#!/usr/bin/python
"""An Ansible module: fixes as lists of acts that are recorded and can be taken back; ``module_utils/rempart_fix``."""

DOCUMENTATION = r"""
module: rempart_fix
short_description: Do a fix, recorded act by act
description:
  - Resolves what a fix declares on the live state to a list of acts. Check mode returns them; else that very list is
    done, each act recorded before and after, and services read their files again.
  - A fix that fails takes back its own acts. With O(fixes) several are done in one call, each by itself.
options:
  change:
    description: Id of the change; without one, a change of the day.
    type: str
    default: ""
  holder:
    description: Who makes the change, for others to read.
    type: str
    default: ""
  guard:
    description: Seconds after which a timer takes back what can cut a way in; 0 for what the change began with.
    type: int
    default: 0
  check:
    description: Id of the check whose fix this is.
    type: str
  lists:
    description: What the sources of packages offer, fetched where it is older than some days.
    type: list
    elements: dict
  upgrades:
    description: Packages brought up to date.
    type: list
    elements: dict
  commands:
    description: Commands of a table of ours that are run once, and that nothing takes back.
    type: list
    elements: dict
  folders:
    description: Folders that shall be there.
    type: list
    elements: dict
  dconf:
    description: Databases of dconf that are made of the key files among the files.
    type: list
    elements: dict
  files:
    description: Files of our own, whole.
    type: list
    elements: dict
  lines:
    description: Lines of files that others write to.
    type: list
    elements: dict
  keys:
    description: Settings by key.
    type: list
    elements: dict
  json:
    description: Keys of files in JSON that others write to.
    type: list
    elements: dict
  modes:
    description: Owner, mode and ACL of what is there.
    type: list
    elements: dict
  rights:
    description: Rights of what a rule finds, on all local disks or in homes.
    type: dict
  accounts:
    description: Fields of accounts and groups.
    type: list
    elements: dict
  people:
    description: Rules about all accounts.
    type: list
    elements: dict
  packages:
    description: Packages that shall be there.
    type: list
    elements: dict
  units:
    description: Units of systemd.
    type: list
    elements: dict
  sysctl:
    description: Settings of the kernel.
    type: list
    elements: dict
  drivers:
    description: Drivers that are taken out of the kernel.
    type: list
    elements: dict
  mounts:
    description: Options that protect mounts.
    type: list
    elements: dict
  nft:
    description: Tables of nftables of our own.
    type: list
    elements: dict
  ufw:
    description: Rules of ufw.
    type: list
    elements: dict
  firewalld:
    description: Rules of firewalld.
    type: list
    elements: dict
  pam:
    description: Arguments of modules of PAM.
    type: list
    elements: dict
  sudoers:
    description: Rules of sudo that are taken from some, or made to ask for a password.
    type: dict
  clamd:
    description: Settings of clamd that let malware go unseen, and go.
    type: dict
  sshd:
    description: Options of sshd.
    type: dict
  radio:
    description: Whether wireless networks may be on.
    type: dict
  selinux:
    description: Whether SELinux enforces.
    type: dict
  apparmor:
    description: Whether the profiles of AppArmor are enforced.
    type: dict
  audit_rules:
    description: Events that the audit trail traces, or whether its rules are locked.
    type: dict
  idle_shells:
    description: After how many seconds idle shells end.
    type: dict
  umask:
    description: Which masks of new files are accepted.
    type: dict
  run:
    description: Programs of a table of ours, whose outputs are declared.
    type: list
    elements: dict
  effects:
    description: What makes the fix count at once.
    type: list
    elements: dict
  fixes:
    description: Several fixes in one call, each a map of check, specs and effects.
    type: list
    elements: dict
  facts:
    description: What the audit that just ran has found out already.
    type: dict
  before:
    description: What an audit found before the change, kept on the endpoint for whoever resumes it.
    type: dict
  token:
    description: Names a run that goes on by itself, as a unit of systemd; the module's action plugin sets it.
    type: str
    default: ""
  asks:
    description: Whether such a run was started already, and is only asked.
    type: bool
  deadline:
    description: Seconds after which such a run has to end.
    type: int
    default: 3600
author: The Rempart team
"""

EXAMPLES = r"""
- name: RMT-01 | Refuse the login of root
  rempart_fix:
    change: "{{ rempart_change }}"
    check: RMT-01
    files:
      - path: /etc/ssh/sshd_config.d/00-rempart-rmt-01.conf
        content: "PermitRootLogin no\n"
        mode: "0600"
        validate: sshd
    effects: [{reload: ssh.service, if: running}]
"""

RETURN = r"""
answer:
  description: For each fix its acts, what took effect, and why it failed where it did.
  type: dict
  returned: always
"""

import datetime as dt

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.rempart_fix import change, contract, packing, paths, place, runner, spec, telling

_OTHERS = ("change", "holder", "guard", "fixes", "facts", "before", "token", "asks", "deadline")
_FIRST, _PATIENCE = 3, 10  # seconds that an answer is waited for; who asked hears then what is being done


def do(where, fixes, given, *, check_mode):
    """Do fixes, by a run that goes on by itself where there can be one; return the answer, or what it is doing."""
    own = {name: given[name] for name in ("holder", "guard", "facts", "before")}
    program = b"" if check_mode else packing.make_program()
    if given["token"] and not check_mode and (given["asks"] or runner.is_possible(where)):
        asked = None if given["asks"] else dict(own, action="fix", fixes=fixes)
        patience = _PATIENCE if given["asks"] else _FIRST
        found = runner.call(where, given["token"], asked, program, deadline=given["deadline"], patience=patience)
        if found is not None:
            return found.get("answer", found)
    return change.fix(where, fixes, check_mode=check_mode, program=program, **own)


def main():
    """Run."""
    specs = {
        name: {"type": "dict"} if shape.mapped else {"type": "list", "elements": "dict"}
        for name, shape in spec.SPECS.items()
    }
    module = AnsibleModule(
        argument_spec=dict(
            specs,
            change={"type": "str", "default": ""},
            holder={"type": "str", "default": ""},
            guard={"type": "int", "default": 0},
            check={"type": "str"},
            effects={"type": "list", "elements": "dict"},
            fixes={"type": "list", "elements": "dict"},
            facts={"type": "dict"},
            before={"type": "dict"},
            token={"type": "str", "default": ""},
            asks={"type": "bool"},
            deadline={"type": "int", "default": 3600},
        ),
        mutually_exclusive=[["check", "fixes", "asks"]],
        required_one_of=[["check", "fixes", "asks"]],
        supports_check_mode=True,
    )
    given = module.params
    one = {name: value for name, value in given.items() if name not in _OTHERS and value is not None}
    fixes = given["fixes"] if given["fixes"] is not None else [one]
    name = given["change"] or dt.date.today().strftime("hand-%Y%m%d")  # noqa: DTZ011  # the endpoint's own day
    try:
        answer = telling.clean(do(place.Place(name), fixes, given, check_mode=module.check_mode))
    except (contract.Refusal, OSError) as error:
        en, fr = telling.clean(paths.find_words(error, place.BASE))
        module.fail_json(msg=en, msg_fr=fr, answer={})
    if answer.get("running"):
        module.exit_json(changed=False, **answer)
    diff = [
        {
            "before_header": part["header"],
            "after_header": part["header"],
            "before": part["before"],
            "after": part["after"],
        }
        for done in answer["fixes"]
        for part in done["diff"]
    ]
    failed = [done for done in answer["fixes"] if done["failed"]]
    if failed and given["fixes"] is None:
        en, fr = failed[0]["why"]
        module.fail_json(msg=en, msg_fr=fr, answer=answer, diff=diff)
    # Of several fixes each has its own answer: one that failed keeps no other.
    module.exit_json(
        changed=answer["changed"], answer=answer, diff=diff, failed_fixes=[done["check"] for done in failed]
    )


if __name__ == "__main__":
    main()
