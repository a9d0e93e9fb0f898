#!/usr/bin/python
"""An Ansible module: which accounts a public key opens over SSH, wherever sshd looks for it."""

DOCUMENTATION = r"""
module: rempart_keyed
short_description: Read which accounts a public key opens
description:
  - Asks sshd itself for the files of each account, adds the two of the home, and changes nothing.
options: {}
author: The Rempart team
"""

EXAMPLES = r"""
- name: See who has a key
  rempart_keyed:
  register: accounts_keyed
"""

RETURN = r"""
accounts:
  description: Names of the accounts that have a key.
  type: list
  elements: str
  returned: success
"""

import os
import pwd
import re
import subprocess

from ansible.module_utils.basic import AnsibleModule

_HOME = [".ssh/authorized_keys", ".ssh/authorized_keys2"]
_KEY = re.compile(r"(?m)^[^#\n]*\b(ssh-(rsa|ed25519|dss)|ecdsa-sha2-|sk-)")


def read_places(name):
    """Return the words of AuthorizedKeysFile for an account; none where sshd can't be asked."""
    command = ["/usr/sbin/sshd", "-T", "-C", "user=%s,host=localhost,addr=127.0.0.1" % name]
    try:
        output = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    found = [
        line.split()[1:]
        for line in output.decode("utf-8", "replace").splitlines()
        if line.startswith("authorizedkeysfile ")
    ]
    return [word for words in found for word in words if word != "none"]


def read_keyed():
    """Yield the accounts that have a key."""
    for account in pwd.getpwall():
        tokens = {"%": "%", "h": account.pw_dir, "u": account.pw_name, "U": str(account.pw_uid)}
        for place in [*_HOME, *read_places(account.pw_name)]:
            path = re.sub("%(.)", lambda m, t=tokens: t.get(m.group(1), m.group()), place)
            try:
                with open(os.path.join(account.pw_dir, path), encoding="utf-8", errors="replace") as file:
                    if _KEY.search(file.read()):
                        yield account.pw_name
                        break
            except OSError:
                continue


def main():
    """Run."""
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    module.exit_json(changed=False, accounts=sorted(set(read_keyed())))


if __name__ == "__main__":
    main()
