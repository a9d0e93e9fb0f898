"""The Defaults of sudoers(5) that decide who is asked: the last that applies wins, those of a command come after."""

import re
from typing import Any, Dict, Optional, Set

from rempart_agent.models.sudo.parser import Default

FLAGS = {
    "authenticate": True, "targetpw": False, "rootpw": False, "runaspw": False, "fast_glob": False,
    "case_insensitive_user": True, "case_insensitive_group": True, "match_group_by_gid": False,
}  # fmt: skip
TEXTS = {"exempt_group": None, "runchroot": None, "runas_default": "root", "group_plugin": None, "role": None,
         "type": None, "apparmor_profile": None}  # fmt: skip
_MINUTES = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]{0,9})[^.]*)?")


class Settings:
    """The values that are in force for one request; ``unsure`` names those that can't be known."""

    def __init__(self, timeout: float) -> None:
        """Begin with what is built in."""
        self._values: Dict[str, Any] = {**FLAGS, **TEXTS, "timestamp_timeout": timeout}
        self.unsure: Set[str] = set()

    def __getitem__(self, name: str) -> Any:
        """Return a value."""
        return self._values[name]

    def apply(self, default: Default, sure: bool) -> None:
        """Take one setting that applies, or may apply.

        Args:
            default: The setting.
            sure: False where nobody knows whether it applies.
        """
        name = default.name
        if name not in self._values:
            return
        before = self._values[name]
        if name in FLAGS:
            if default.value is not None:
                return  # "does not take a value"
            self._values[name] = default.operator != "!"
        elif default.operator in ("+=", "-="):
            return  # not a list
        elif name == "timestamp_timeout":
            seconds = 0.0 if default.operator == "!" else minutes(default.value)
            if seconds is None:
                return
            self._values[name] = seconds
        elif default.operator == "!":
            if name == "runas_default":
                return
            self._values[name] = None
        elif default.value is None:
            return
        else:
            self._values[name] = default.value
        if name == "runchroot" and default.scope == "!" and default.operator != "!":
            self.unsure.add(name)  # even "*": sudo looks the command up anew when it takes this one (cb_runchroot)
        elif sure:
            self.unsure.discard(name)
        elif self._values[name] != before:
            self.unsure.add(name)


def minutes(text: Optional[str]) -> Optional[float]:
    """Return the seconds that a number of minutes stands for (store_timespec); None where sudo refuses it."""
    found = _MINUTES.fullmatch(text) if text else None
    if not found:
        return None
    whole, part = found.group(2), found.group(3)
    seconds = int(whole or "0") * 60 + (int((part + "0" * 9)[:9]) * 60 / 1e9 if part else 0.0)
    return -seconds if found.group(1) == "-" else seconds
