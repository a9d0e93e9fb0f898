"""Table apparmor_profiles: the profiles that AppArmor has loaded.

Source: ``/sys/kernel/security/apparmor/policy/profiles``, which takes root. A kernel that runs without AppArmor gives
no row. ``path`` is the profile's name with those of the profiles around it, as aa-status(8) writes it.
"""

from typing import Dict, Iterator

from rempart_agent.source.contract import TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("path", TEXT, index=True),
    Column("name", TEXT),
    Column("attach", TEXT),
    Column("mode", TEXT),
    Column("sha1", TEXT, collate="nocase"),
    Column("sha256", TEXT, collate="nocase"),
)
_FOLDER = "/sys/kernel/security/apparmor/policy/profiles"
_ENABLED = "/sys/module/apparmor/parameters/enabled"
_DEEPEST = 16


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each profile.

    Raises:
        Missing: AppArmor runs, and securityfs is not mounted.
        Denied: the run is not root.
    """
    target.need_live("apparmor_profiles")
    if not target.exists("/sys/kernel"):
        raise Missing("/sys/kernel: does not exist (is sysfs mounted?)")
    if not target.exists(_FOLDER):
        if target.exists(_ENABLED) and target.text(_ENABLED).startswith("Y"):
            raise Missing("{folder}: does not exist (is securityfs mounted?)", folder=_FOLDER)
        return iter(())
    return _profiles(target, _FOLDER, "", 0)


def _profiles(target: Target, folder: str, around: str, depth: int) -> Iterator[Dict[str, str]]:
    try:
        names = target.listdir(folder)
    except Missing:
        return
    for entry in names:
        inside = folder + "/" + entry
        row: Dict[str, str] = {}
        try:
            for column in ("name", "attach", "mode"):
                row[column] = target.text(inside + "/" + column).strip()
        except Missing:  # unloaded meanwhile
            continue
        for column in ("sha1", "sha256"):  # which of the two depends on the kernel
            try:
                row[column] = target.text(inside + "/" + column).strip()
            except Missing:
                continue
        row["path"] = (around + "//" if around else "") + row["name"]
        yield row
        if depth < _DEEPEST:
            yield from _profiles(target, inside + "/profiles", row["path"], depth + 1)
