"""Which accounts a public key opens over SSH, wherever sshd looks for it: it is asked, and homes are looked into."""

import os
import pwd
import re
import subprocess
from functools import partial
from typing import Any, Dict, Iterator, List

_HOME = [".ssh/authorized_keys", ".ssh/authorized_keys2"]
_KEY = re.compile(r"(?m)^[^#\n]*\b(ssh-(rsa|ed25519|dss)|ecdsa-sha2-|sk-)")


def _expand(tokens: Dict[str, str], found: "re.Match[str]") -> str:
    return tokens.get(found.group()[1], found.group())


def read_places(name: str) -> List[str]:
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


def read_all() -> Iterator[str]:
    """Yield the accounts that have a key."""
    for account in pwd.getpwall():
        tokens = {"%": "%", "h": account.pw_dir, "u": account.pw_name, "U": str(account.pw_uid)}
        for place in [*_HOME, *read_places(account.pw_name)]:
            path = re.sub("%.", partial(_expand, tokens), place)
            try:
                with open(os.path.join(account.pw_dir, path), encoding="utf-8", errors="replace") as file:
                    if _KEY.search(file.read()):
                        yield account.pw_name
                        break
            except OSError:
                continue


def read_keyed() -> Dict[str, Any]:
    """Return the names of the accounts that have a key (``accounts``)."""
    return {"accounts": sorted(set(read_all()))}
