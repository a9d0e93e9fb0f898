"""The closed list of programs that write files of their own: what is run, and what it may write.

What only brings files into effect (``augenrules``, ``dconf update``, ``update-initramfs``) is an effect, not one of
these: an undo runs it again once the files are back.
"""

import re
from typing import Any, Callable, List, Mapping, NamedTuple, Sequence

from .contract import Refusal

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@+-]*\Z")
_PROFILE = re.compile(r"[A-Za-z0-9/][A-Za-z0-9/._-]*\Z")
_SUMS = "/var/lib/aide/aide.db"


class Procedure(NamedTuple):
    """A program that writes files of its own.

    Attributes:
        words: What is run, by the spec.
        texts: Paths or patterns of the files that it may write.
        before: What must succeed first; ``[]`` for nothing.
        after: What is run after an undo, so that the files count; ``[]`` for nothing.
        minutes: How long it may take.
        mask: The umask of what it makes, in octal; ``""`` for that of the run.
    """

    words: Callable[[Mapping[str, Any]], List[str]]
    texts: Sequence[str]
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    minutes: int = 2
    mask: str = ""


def _names(spec: Mapping[str, Any], pattern: "re.Pattern[str]" = _WORD) -> List[str]:
    names = [str(one) for one in spec.get("names") or []]
    if not names or not all(pattern.match(name) for name in names):
        raise Refusal(f"{names} are no names", f"{names} ne sont pas des noms")
    return names


def _one(spec: Mapping[str, Any]) -> str:
    names = _names(spec)
    if len(names) != 1:
        raise Refusal("one name is wanted", "un seul nom est attendu")
    return names[0]


PROCEDURES: Mapping[str, Procedure] = {
    "pam_auth_update": Procedure(
        lambda spec: ["pam-auth-update", "--package", "--enable", *_names(spec)],
        ("/etc/pam.d/common-*", "/var/lib/pam/*"),
    ),
    "authselect_enable": Procedure(
        lambda spec: ["authselect", "enable-feature", _one(spec)],
        ("/etc/authselect/*", "/var/lib/authselect/*", "/etc/nsswitch.conf"),
        before=("authselect", "check"),
    ),
    "crypto_policy": Procedure(
        lambda spec: ["update-crypto-policies", "--set", _one(spec)],
        ("/etc/crypto-policies/config", "/etc/crypto-policies/state/*", "/etc/crypto-policies/back-ends/*"),
    ),
    "apparmor_enforce": Procedure(
        lambda spec: ["aa-enforce", *_names(spec, _PROFILE)],
        ("/etc/apparmor.d/*", "/etc/apparmor.d/force-complain/*", "/etc/apparmor.d/disable/*"),
        after=("systemctl", "reload", "apparmor.service"),
    ),
    "update_grub": Procedure(lambda _: ["update-grub"], ("/boot/grub/grub.cfg", "/boot/grub/grub.cfg.new"), minutes=10),
    "aide_debian": Procedure(
        lambda _: ["aideinit", "--yes", "--force"],
        (_SUMS, f"{_SUMS}.new", f"{_SUMS}.old", "/var/log/aide/aideinit.*"),
        minutes=28,
        mask="027",  # its logs name files that others may not see, as Debian's dailyaidecheck has it
    ),
    "aide_redhat": Procedure(
        lambda _: [
            "sh",
            "-ec",
            f"test -e {_SUMS}.new.gz || aide --init; test -e {_SUMS}.gz || install -m 0600 {_SUMS}.new.gz {_SUMS}.gz",
        ],
        (f"{_SUMS}.gz", f"{_SUMS}.new.gz"),
        minutes=28,
    ),
}
"""The procedures by the names that a spec may use."""
HARMLESS = ("aide_debian", "aide_redhat")
"""Those that can't cut a way in."""
