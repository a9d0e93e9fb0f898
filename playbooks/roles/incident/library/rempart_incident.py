#!/usr/bin/python
"""An Ansible module that looks at a host for an incident: its firewall's rules, its logs. It changes nothing."""

DOCUMENTATION = r"""
module: rempart_incident
short_description: Look at a host for an incident
description:
  - Returns the rules of nftables (C(rules)), or logs (C(logs)). Changes nothing.
options:
  action:
    description: What to look at.
    type: str
    required: true
    choices: [rules, logs]
  way:
    description: The controller's way in, handed back with the rules.
    type: dict
    default: {}
  paths:
    description: Files, or folders whose files are wanted, those below too (C(logs)).
    type: list
    elements: str
    default: [/var/log]
  file_limit:
    description: Bytes of one file; of a longer one the end is taken.
    type: int
    default: 16777216
  limit:
    description: Bytes of all; what is changed last is taken first.
    type: int
    default: 67108864
  journal_limit:
    description: Bytes of the journal's export, the newest entries first; 0 for none.
    type: int
    default: 33554432
author: The Rempart team
"""

EXAMPLES = r"""
- name: Read logs
  rempart_incident:
    action: logs
"""

RETURN = r"""
answer:
  description:
    - C(rules), C(quarantine) and C(way); or C(items), each with C(kind), C(name), C(data) (zlib, base64) and C(reason).
  type: dict
  returned: success
"""

import base64
import os
import stat
import subprocess
import time
import zlib

from ansible.module_utils.basic import AnsibleModule

_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
_JOURNAL_SECONDS = 120
_MOST_FILES = 5000


class Refusal(Exception):
    """It can't be looked at: the message's id, its values, its English."""

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


def read_rules():
    """Return all rules of nftables but those of the quarantine, and those of the quarantine, ``""`` for none."""
    status, said = run(["nft", "list", "tables"])
    if status:
        raise refuse_rules(said)
    tables = [line.split()[1:3] for line in said.splitlines() if line.startswith("table ")]
    rules, quarantine = [], ""
    for family, name in tables:
        status, said = run(["nft", "list", "table", family, name])
        if status:
            raise refuse_rules(said)
        if (family, name) == ("inet", "rempart_quarantine"):
            quarantine = said
        else:
            rules.append(said)
    return "".join(rules), quarantine


def refuse_rules(said):
    """Return that nft does not tell its rules, with what it says itself."""
    error = said.strip()[-300:]
    return Refusal("role.no_rules", "the rules of nftables cannot be read: " + error, error=error)


def pack(data):
    """Return bytes as text, small."""
    return base64.b64encode(zlib.compress(data, 6)).decode("ascii")


def find_files(paths, problems):
    """Return the regular files at and below some paths with what stat(2) says of them, the newest first."""
    found = {}

    def note(error):
        problems.append({"kind": "file", "name": str(error.filename), "reason": str(error.strerror)})

    for path in paths:
        if os.path.isdir(path):
            names = (os.path.join(top, name) for top, _, files in os.walk(path, onerror=note) for name in files)
        else:
            names = iter([path])
        for name in names:
            if name == path or not name.startswith("/var/log/journal/"):  # which comes as an export
                try:
                    status = os.lstat(name)
                except OSError as error:
                    note(error)
                    continue
                if stat.S_ISREG(status.st_mode):
                    found[name] = status
    return sorted(found.items(), key=lambda one: (-one[1].st_mtime, one[0]))


def read_file(path, limit):
    """Return the end of a file, and why it is not all of it; a link put in its place meanwhile is not followed."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        size = os.fstat(handle).st_size
        if size > limit:
            file.seek(size - limit)
        data = file.read(limit)
    return data, "only its last %d of %d bytes" % (limit, size) if size > limit else ""


def read_journal(limit):
    """Return the journal as an export, the newest entry first, and why it is not all of it."""
    words = ["journalctl", "--output=export", "--no-pager", "--quiet", "--reverse"]
    end = time.time() + _JOURNAL_SECONDS
    parts, size, cut = [], 0, ""
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_ENVIRONMENT
    ) as child:
        while True:
            block = child.stdout.read(1 << 16)
            if not block:
                break
            parts.append(block)
            size += len(block)
            if size > limit or time.time() > end:
                cut = "only its newest entries: %s" % ("%d bytes" % limit if size > limit else "it took too long")
                child.kill()
                break
    if child.returncode and not cut:
        raise OSError("journalctl ended with exit status %d" % child.returncode)
    data = b"".join(parts)
    if cut:
        data = data[: data[:limit].rfind(b"\n\n") + 2]
    return data, cut


def collect_logs(wanted):
    """Return the logs, and what did not come."""
    items = []
    if wanted["journal_limit"]:
        try:
            data, cut = read_journal(wanted["journal_limit"])
            items.append({"kind": "journal", "name": "journal", "data": pack(data), "reason": cut, "size": len(data)})
        except OSError as error:
            items.append({"kind": "journal", "name": "journal", "reason": str(error)})
    left = wanted["limit"]
    for number, (path, status) in enumerate(find_files(wanted["paths"], items)):
        item = {
            "kind": "file",
            "name": path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
            "size": status.st_size,
            "mtime": int(status.st_mtime),
            "mode": stat.S_IMODE(status.st_mode),
            "uid": status.st_uid,
            "gid": status.st_gid,
        }
        if left <= 0 or number >= _MOST_FILES:
            item["reason"] = "left out: what changed later has filled the limit"
        else:
            try:
                data, item["reason"] = read_file(path, min(wanted["file_limit"], left))
                item["data"] = pack(data)
                left -= len(data)
            except OSError as error:
                item["reason"] = str(error.strerror)
        items.append(item)
    return {"items": items}


def main():
    """Run."""
    module = AnsibleModule(
        argument_spec={
            "action": {"type": "str", "required": True, "choices": ["rules", "logs"]},
            "way": {"type": "dict", "default": {}},
            "paths": {"type": "list", "elements": "str", "default": ["/var/log"]},
            "file_limit": {"type": "int", "default": 16777216},
            "limit": {"type": "int", "default": 67108864},
            "journal_limit": {"type": "int", "default": 33554432},
        },
        supports_check_mode=True,
    )
    try:
        if module.params["action"] == "rules":
            rules, quarantine = read_rules()
            answer = {"rules": rules, "quarantine": quarantine, "way": module.params["way"]}
        else:
            answer = collect_logs(module.params)
    except Refusal as error:
        module.fail_json(msg=str(error), says=error.says)
    except OSError as error:
        module.fail_json(msg=str(error), msg_fr=str(error))
    module.exit_json(changed=False, answer=answer)


if __name__ == "__main__":
    main()
