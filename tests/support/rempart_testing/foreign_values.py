"""What each benchmark asks where the checks' own values are others: the values of the eleven ``supports-…`` profiles.

Facts of the benchmarks, as the SCAP Security Guide has them (variables of its profiles, content of 2026-11). What
``when`` of an answer says alone (rows of lists, a switch) is not written here: :mod:`rempart_testing.foreign_profiles`
takes it from there.
"""

from __future__ import annotations

from rempart_core.model.parameter import Value

Given = dict[str, dict[str, Value]]

_CIS: Given = {
    "ACC-03": {"password_min_length": 14, "long_password_length": 14, "long_password_classes": 4},
    "ACC-05": {"max_attempts": 5, "lockout_s": 900},
    "ACC-13": {"inactive_days": 45},
    "IDL-02": {"max_alive_s": 300},
}
_CIS_DEBIAN: Given = _CIS | {"ACC-05": {"max_attempts": 4, "lockout_s": 900}}
_CIS_DEBIAN_2: Given = _CIS_DEBIAN | {"ACC-13": {"inactive_days": 45, "min_days": 1}}
_CIS_RHEL: Given = _CIS | {"IDL-02": {"max_alive_s": 300, "max_alive_count": 1}}
_ANSSI: Given = {
    "ACC-03": {"password_min_length": 15, "long_password_length": 15, "long_password_classes": 4},
    "ACC-05": {"max_attempts": 3, "lockout_s": 900},
    "IDL-01": {"max_idle_s": 600},
}
_PCI: Given = {
    "ACC-03": {"password_min_classes": 2, "long_password_classes": 2},
    "ACC-04": {"password_max_age_d": 90},
    "IDL-02": {"max_alive_count": 1},
    "LCK-01": {"max_lock_delay_s": 10},
}
_STIG: Given = {
    "ACC-03": {"password_min_length": 15, "long_password_length": 15, "long_password_classes": 4},
    "ACC-04": {"password_max_age_d": 60},
    "ACC-05": {"max_attempts": 3, "lockout_s": 86400},  # for good: no account opens by itself within a day
    "ACC-13": {"inactive_days": 35, "min_days": 1, "warn_days": 0},
    "IDL-01": {"max_idle_s": 600},
    "IDL-02": {"max_idle_s": 600, "max_alive_s": 600, "max_alive_count": 1},
    "LCK-01": {"max_idle_s": 600},
}
GIVEN: dict[str, Given] = {
    "supports-cis-debian-12-l1-server": _CIS_DEBIAN,
    "supports-cis-debian-12-l1-workstation": _CIS_DEBIAN,
    "supports-cis-debian-12-l2-server": _CIS_DEBIAN_2,
    "supports-cis-rhel-9-l1-server": _CIS_RHEL,
    "supports-cis-rhel-9-l1-workstation": _CIS_RHEL,
    "supports-anssi-bp-028-minimal": _ANSSI,
    "supports-anssi-bp-028-intermediary": _ANSSI,
    "supports-anssi-bp-028-enhanced": _ANSSI,
    "supports-anssi-bp-028-high": _ANSSI,
    "supports-pci-dss-4-rhel-9": _PCI,
    "supports-stig-rhel-9": _STIG,
}
"""Profile to check to parameter to value; a check that the profile does not select is passed over."""
