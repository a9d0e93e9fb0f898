"""What ``playbooks/site.yml`` needs where Ansible runs alone: each fix, and the defaults of its check's parameters.

``python -m rempart_controller.remediation.ansible.defaults`` writes ``playbooks/vars/fixes.yml`` anew after a check or
a fix was added; a test holds it to be up to date.
"""

import json
import os
from typing import Any

from rempart_agent.cli.base import say
from rempart_agent.cli.language import words
from rempart_core.content.checkfile import read_checks
from rempart_core.content.fixfile import read_fixes
from rempart_core.content.place import content_root

_HEAD = """\
---
# yamllint disable rule:line-length
# Written by `python -m rempart_controller.remediation.ansible.defaults`; do not edit. For site.yml: the fixes of each
# system, and the values that a check is judged with where the inventory says nothing (rempart_parameters).
# yamllint disable rule:line-length
"""


def collect(root: str) -> dict[str, Any]:
    """Return the fixes by platform, and the parameters' defaults by check.

    Raises:
        ContentError: Checks or fixes hold mistakes.
    """
    checks = {check.id: check for check in read_checks([os.path.join(root, "checks")])}
    fixes = read_fixes(os.path.join(root, "playbooks"))
    by_platform: dict[str, list[dict[str, Any]]] = {"linux": [], "darwin": [], "windows": []}
    for (check, platform), fix in sorted(fixes.items()):
        if fix.manual is not None:
            continue
        risky = fix.guard or checks[check].remediation.disruption == "lockout"
        by_platform[platform].append({"id": check, "role": fix.role, "risky": risky})
    fixed = sorted({check for (check, _), fix in fixes.items() if fix.manual is None})
    values = {id_: {p.name: p.default for p in checks[id_].parameters.values()} for id_ in fixed}
    return {"rempart_all_fixes": by_platform, "rempart_defaults": values}


def write(root: str) -> str:
    """Return the text of ``vars/fixes.yml``: JSON, a line for each entry, which is YAML too."""
    lines = [_HEAD.rstrip()]
    for name, entries in collect(root).items():
        lines.append(f"{name}:")
        for key, value in entries.items():
            if not isinstance(value, list):
                lines.append(f"  {key}: {json.dumps(value, ensure_ascii=False)}")
            elif not value:
                lines.append(f"  {key}: []")
            else:
                lines.append(f"  {key}:")
                lines += [f"    - {json.dumps(one)}" for one in value]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the file."""
    root = content_root()
    with open(os.path.join(root, "playbooks", "vars", "fixes.yml"), "w", encoding="utf-8") as file:
        file.write(write(root))
    say(words("change.defaults_written"))


if __name__ == "__main__":
    main()
