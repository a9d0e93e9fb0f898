"""What can be done and undone, a module a kind; each fulfils the contract of :class:`Kind`.

A kind that is new is named in ``_KINDS`` and imported here by name, since Ansible sends what is imported.
"""

from typing import Any, Dict, List, Mapping

from ..contract import Act, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight
from . import (
    account,
    apparmor,
    audit_rules,
    clamd,
    command,
    dconf,
    file,
    firewalld,
    folder,
    idle_shells,
    json_keys,
    key,
    kmod,
    line,
    lists,
    mode,
    mount,
    nft,
    package,
    pam,
    people,
    radio,
    rights,
    run,
    selinux,
    sshd,
    sudoers,
    sysctl,
    ufw,
    umask,
    unit,
    upgrade,
)


class Kind:
    """The contract of a kind of act. A module of this package has these as plain functions."""

    @staticmethod
    def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
        """Return what is to be done on the live state so that the spec holds; ``[]`` where nothing.

        Each act that is returned is laid over what the sight sees (``sight.plan``), so that a later spec sees it done.

        Raises:
            Refusal: It can't be done; nothing was written.
        """
        raise NotImplementedError

    @staticmethod
    def do(act: Act, place: Place) -> Act:
        """Do it, and return it as it came out.

        Raises:
            Moved: What is there is no longer ``before``; nothing was done, the spec is to be resolved anew.
            Refusal: Nothing was done.
            OSError: The same.
        """
        raise NotImplementedError

    @staticmethod
    def look(act: Act, place: Place) -> str:
        """Return ``after`` where it stands as we left it, ``before`` where it is as it was, else ``moved``."""
        raise NotImplementedError

    @staticmethod
    def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
        """Take it back, field by field, only where the present is what the act left; with ``force`` also else.

        With ``dry`` all but the writes: the answer is what the undo would come to.
        """
        raise NotImplementedError

    @staticmethod
    def settle(act: Act, place: Place) -> str:
        """After a crash between intent and done: ``done``, ``void`` or ``unclear``; a rest may be taken away."""
        raise NotImplementedError

    @staticmethod
    def show(act: Act, place: Place) -> Show:
        """Return how it reads, without secrets."""
        raise NotImplementedError


_KINDS: Dict[str, Any] = {
    "account": account,
    "apparmor": apparmor,
    "audit_rules": audit_rules,
    "clamd": clamd,
    "command": command,
    "dconf": dconf,
    "file": file,
    "firewalld": firewalld,
    "folder": folder,
    "idle_shells": idle_shells,
    "json_keys": json_keys,
    "key": key,
    "kmod": kmod,
    "line": line,
    "lists": lists,
    "mode": mode,
    "mount": mount,
    "nft": nft,
    "package": package,
    "pam": pam,
    "people": people,
    "radio": radio,
    "rights": rights,
    "run": run,
    "selinux": selinux,
    "sshd": sshd,
    "sudoers": sudoers,
    "sysctl": sysctl,
    "ufw": ufw,
    "umask": umask,
    "unit": unit,
    "upgrade": upgrade,
}


def find_kind(name: str) -> Any:
    """Return the module of a kind: a :class:`Kind`.

    Raises:
        Refusal: There is none; a journal of a newer version may name it.
    """
    if name not in _KINDS:
        raise Refusal(f"acts of kind {name!r} are unknown here", f"les actes de type {name!r} sont inconnus ici")
    return _KINDS[name]
