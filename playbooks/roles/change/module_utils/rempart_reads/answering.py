"""What ``rempart_read`` answers to each question."""

import base64
import grp
import os
import platform
import stat
from typing import Any, Dict, List

from ansible.module_utils.facts.system.distribution import Distribution

from . import keyed, logins


def run(module: Any, words: List[Any]) -> Dict[str, Any]:
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


def read(path: str) -> Dict[str, Any]:
    """Return the contents of a file, in base64; none where it can't be read."""
    try:
        with open(path, "rb") as file:
            return {"item": path, "content": base64.b64encode(file.read()).decode()}
    except OSError as error:
        return {"item": path, "why": str(error)}


def look(path: str) -> Dict[str, Any]:
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


def find_system(module: Any) -> Dict[str, Any]:
    """Return which system this is, in the words of M(ansible.builtin.setup)."""
    found = dict(Distribution(module).get_distribution_facts(), system=platform.system())
    return {"ansible_" + name: value for name, value in found.items()}


def answer(module: Any, wanted: Dict[str, Any]) -> Dict[str, Any]:
    """Return what one task wants to know."""
    if wanted.get("run"):
        return run(module, wanted["run"])
    if wanted.get("accounts"):
        try:
            return {"logins": logins.read_logins, "keyed": keyed.read_keyed}[wanted["accounts"]]()
        except OSError as error:
            says = {"id": "role.no_logins", "with": {"error": str(error)}}
            return {"failed": True, "msg": "a record of logins can't be read: {}".format(error), "says": says}
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
