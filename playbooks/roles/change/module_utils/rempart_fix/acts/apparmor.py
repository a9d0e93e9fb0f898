"""AppArmor loaded, and its profiles enforced that only complain; where SELinux runs nothing is declared.

Spec: ``{enforce: true, but: [PROFILES]}``. What is done are acts on its unit, and ``aa-enforce``, which is undone as
the lines that it wrote.
"""

import re
from typing import Any, List, Mapping

from ..contract import Act
from ..sight import Sight
from . import run, unit
from .selinux import read_live

_PROFILES = "/sys/kernel/security/apparmor/profiles"


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    if read_live(sight.place) is not None or not spec["enforce"]:
        return []
    loaded = {"name": "apparmor.service", "masked": False, "enabled": True, "active": True}
    acts = unit.resolve(loaded, sight)
    names = find_complaining((sight.read(_PROFILES) or b"").decode("utf-8", "replace"))
    names = [name for name in names if name not in [str(one) for one in spec.get("but") or []]]
    if names:
        enforced = r"(?ms)\A(?!.*^(?:" + "|".join(re.escape(name) for name in names) + r") \(complain\)$)"
        enforce = {"procedure": "apparmor_enforce", "names": names, "unless": {"path": _PROFILES, "match": enforced}}
        acts += run.resolve(enforce, sight)
    return acts


def find_complaining(text: str) -> List[str]:
    """Return the profiles that only complain: named by the program that each confines, or by itself."""
    return re.findall(r"(?m)^([A-Za-z0-9/][A-Za-z0-9/._-]*) \(complain\)$", text)
