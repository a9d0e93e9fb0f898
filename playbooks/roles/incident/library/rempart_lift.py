#!/usr/bin/python
"""An Ansible module that takes away an isolation of which there is no record, or one of an older version of Rempart."""

DOCUMENTATION = r"""
module: rempart_lift
short_description: Take away what isolates a host and no record knows
description:
  - An older version isolated by a table C(inet quarantine). What it left is taken away where it is exactly that.
  - With O(force) what this version left too, though its record is lost.
options:
  change:
    description: Id of the change that isolated the host.
    type: str
    required: true
  state:
    description: What its undo came to; C(unknown) where there is no record of it.
    type: str
    default: unknown
  force:
    description: Whether it is lifted though its record is lost, or what isolates was changed.
    type: bool
    default: false
author: The Rempart team
"""

EXAMPLES = r"""
- name: Take away what an older version left
  rempart_lift:
    change: incident-20261128-1-1
"""

RETURN = r"""
lifted:
  description: What was taken away.
  type: list
  returned: success
"""

import json
import os
import re
import subprocess
import time

from ansible.module_utils.basic import AnsibleModule

_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
UNITS = "/etc/systemd/system"
CHANGES = "/var/lib/rempart/changes"
OURS = ("rempart-firewall-quarantine.service", "inet", "rempart_quarantine")
OLD = ("rempart-quarantine.service", "inet", "quarantine")
_FILES = ("nftables.service.d/rempart-quarantine.conf", "rempart-firewall-quarantine.service")
_OLD_FILES = ("nftables.service.d/rempart-quarantine.conf", "rempart-quarantine.service")
RULES, OLD_RULES = "/etc/nftables.d/rempart-quarantine.nft", "/etc/rempart/quarantine.nft"
_OLD_MARK = "Written by Rempart: this host is isolated"
_ADDRESS = r"(ip6?) %s ([0-9a-f.:]+) tcp %s (\d+) accept"


class Refusal(Exception):
    """It is not lifted: the message's id, its values, its English."""

    def __init__(self, id_, english, **values):
        super().__init__(english)
        self.says = {"id": id_, "with": values}


def run(words):
    """Run a program and return its exit status and what it said; 127 where it can't be run."""
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def is_old_table(text):
    """Tell whether a table, as nft lists it, is the one by which an older version isolated a host.

    Args:
        text: The table: three chains that drop all but loopback, one address on one port, and what IP needs.
    """
    chains, name = {}, ""
    for line in [one.strip() for one in text.splitlines()][1:]:
        begins = re.match(r"chain (\S+) \{\Z", line)
        if begins:
            name = begins.group(1)
            chains[name] = []
        elif line == "}":
            name = ""
        elif line and not name:
            return False
        elif line:
            chains[name].append(re.sub(r" counter packets \d+ bytes \d+", "", line))
    if sorted(chains) != ["forward", "input", "output"]:
        return False
    for name, lines in chains.items():
        if not re.match(r"type filter hook %s priority (raw|-300); policy drop;\Z" % name, lines[0] if lines else ""):
            return False
    into, out = chains["input"][1:], chains["output"][1:]
    if len(chains["forward"]) != 1 or not 4 <= len(into) <= 6 or not 4 <= len(out) <= 5:
        return False
    came, went = re.match(_ADDRESS % ("saddr", "dport"), into[1]), re.match(_ADDRESS % ("daddr", "sport"), out[1])
    same = came is not None and went is not None and came.groups() == went.groups()
    icmp = all("icmp" in line and line.endswith(" accept") for line in into[2:] + out[2:])
    return same and icmp and (into[0], out[0]) == ('iif "lo" accept', 'oif "lo" accept')


def read(path):
    """Return what a file says; C("") where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def read_record(change):
    """Return the folder in which an older version kept how things stood, and its state; None where it did not."""
    if not re.match(r"[a-z0-9][a-z0-9-]{2,60}\Z", change):
        raise Refusal("role.no_change", "%r is no id of a change" % change, change=repr(change))
    folder = os.path.join(CHANGES, change)
    if not os.path.exists(os.path.join(folder, "manifest.json")):
        return None
    try:
        return folder, json.loads(read(os.path.join(folder, "state")) or "{}")
    except ValueError:
        return folder, {}


def remove(paths):
    """Remove files that are there, and return them."""
    found = [path for path in paths if os.path.lexists(path)]
    for path in found:
        os.unlink(path)
    return found


def remove_folders(paths):
    """Remove folders in which nothing lies."""
    for path in paths:
        try:
            os.rmdir(path)
        except OSError:
            pass


def remove_table(family, name):
    """Delete a table of nftables, and return its name."""
    status, said = run(["nft", "delete", "table", family, name])
    if status:
        error = said.strip()[-300:]
        raise Refusal("role.rules_stay", "the rules of nftables cannot be deleted: " + error, error=error)
    return ["table %s %s" % (family, name)]


def list_table(family, name):
    """Return how nft lists a table; C("") where there is none."""
    status, said = run(["nft", "--stateless", "list", "table", family, name])
    return "" if status else said[said.find("table ") :]


def stop(unit):
    """Have a unit of ours run no more, now and at a start."""
    run(["systemctl", "disable", "--now", "--", unit])
    return remove([os.path.join(UNITS, "sysinit.target.wants", unit)])


def lift_old(change, *, force):
    """Take away the isolation of an older version, and return what went; a table that was changed only by force."""
    unit = os.path.join(UNITS, OLD[0])
    ours = [path for path in [os.path.join(UNITS, name) for name in _OLD_FILES] if _OLD_MARK in read(path)]
    table = list_table(*OLD[1:])
    record = read_record(change)
    if not ours and not (table and record and record[1].get("state") != "reverted"):
        return []
    if table and not force and not is_old_table(table):
        what = "table inet quarantine"
        raise Refusal("role.changed_since", "changed since by somebody else: " + what, what=what)
    gone = stop(OLD[0]) if unit in ours else []
    gone += stop("rempart-revert-%s.timer" % change) if record else []
    gone += remove([*ours, *([OLD_RULES] if _OLD_MARK in read(OLD_RULES) else [])])
    gone += remove([os.path.join(UNITS, "rempart-revert-%s.%s" % (change, word)) for word in ("timer", "service")])
    remove_folders([os.path.join(UNITS, "nftables.service.d"), os.path.dirname(OLD_RULES)])
    run(["systemctl", "daemon-reload"])
    gone += remove_table(*OLD[1:]) if table else []
    if record:
        state = dict(record[1], state="reverted", by="rollback", time=int(time.time()))
        with open(os.path.join(record[0], "state"), "w", encoding="utf-8") as file:
            json.dump(state, file)
    return gone


def lift_lost(change):
    """Take away the isolation of this version, though its record is lost: the names of all of it are ours alone."""
    gone = stop(OURS[0])
    for word in ("undo", "lift"):
        unit = "rempart-%s-%s" % (word, change)
        run(["systemctl", "disable", "--now", "--", unit + ".timer"])
        gone += remove([os.path.join(UNITS, "%s.%s" % (unit, kind)) for kind in ("timer", "service")])
    gone += remove([*[os.path.join(UNITS, name) for name in _FILES], RULES])
    remove_folders([os.path.join(UNITS, "nftables.service.d"), os.path.dirname(RULES)])
    run(["systemctl", "daemon-reload"])
    return gone + (remove_table(*OURS[1:]) if list_table(*OURS[1:]) else [])


def lift(change, state, *, force):
    """Return what was taken away.

    Args:
        change: Id of the change that isolated the host.
        state: What its undo came to.
        force: Whether this version's isolation is lifted without its record.
    """
    known = state != "unknown" or read_record(change) is not None
    gone = lift_old(change, force=force)
    if force:
        return gone + lift_lost(change)
    if not known and not gone:
        raise Refusal("role.unknown_change", "this endpoint knows no change %s" % change, change=change)
    return gone


def main():
    """Run."""
    module = AnsibleModule(
        argument_spec={
            "change": {"type": "str", "required": True},
            "state": {"type": "str", "default": "unknown"},
            "force": {"type": "bool", "default": False},
        }
    )
    try:
        gone = lift(module.params["change"], module.params["state"], force=module.params["force"])
    except Refusal as error:
        module.fail_json(msg=str(error), says=error.says)
    except OSError as error:
        module.fail_json(msg=str(error), msg_fr=str(error))
    module.exit_json(changed=bool(gone), lifted=gone)


if __name__ == "__main__":
    main()
