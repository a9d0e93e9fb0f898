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
    "ACC-11": {"remember": 24},
    "ACC-12": {"retry": 0},
    "ACC-13": {"inactive_days": 45},
    "IDL-02": {"max_alive_s": 300},
    "MNT-02": {"local_nodev": 0},
}
_CIS_DEBIAN: Given = _CIS | {
    "ACC-02": {"accepted_methods": ["YESCRYPT"]},
    "ACC-05": {"max_attempts": 4, "lockout_s": 900},
    "LOG-09": {"forward": "no"},  # the journal is the log, and rsyslog is not there
}
_CIS_DEBIAN_2: Given = _CIS_DEBIAN | {
    "ACC-05": {"max_attempts": 4, "lockout_s": 900, "root_lockout_s": 900},
    "ACC-13": {"inactive_days": 45, "min_days": 1},
}
_CIS_RHEL: Given = _CIS | {
    "ACC-02": {"accepted_methods": ["SHA512"]},
    "IDL-02": {"max_alive_s": 300, "max_alive_count": 1},
}
_ANSSI: Given = {
    "ACC-03": {"password_min_length": 15, "long_password_length": 15, "long_password_classes": 4},
    "ACC-05": {"max_attempts": 3, "lockout_s": 900},
    "ACC-11": {"remember": 2, "use_authtok": 0},
    "ACC-12": {"difok": 0, "dictcheck": 0, "maxrepeat": 0, "maxsequence": 0, "login_defs_length": 15},
    "ACC-16": {"masks": [["077"], ["177"]]},
    "IDL-01": {"max_idle_s": 600},
    "KRN-01": {"kptr_least": 2},
}
_TRACED: Given = {  # with the acts of root itself
    "AUD-05": {
        "root_calls": [
            ["setxattr"],
            ["lsetxattr"],
            ["fsetxattr"],
            ["removexattr"],
            ["lremovexattr"],
            ["fremovexattr"],
        ]
    }
}
_ANSSI_ENHANCED: Given = _ANSSI | _TRACED
_PCI: Given = _TRACED | {
    "ACC-02": {"accepted_methods": ["SHA512"]},
    "ACC-03": {"password_min_classes": 2, "long_password_classes": 2},
    "ACC-04": {"password_max_age_d": 90},
    "ACC-11": {"remember": 4},
    "ACC-12": {"difok": 0, "dictcheck": 0, "maxrepeat": 0, "maxsequence": 0, "retry": 0},
    "IDL-02": {"max_alive_count": 1},
    "LCK-01": {"max_lock_delay_s": 10},
}
_STIG: Given = _TRACED | {
    "ACC-02": {"accepted_methods": ["SHA512"], "rounds": 100000},
    "ACC-03": {"password_min_length": 15, "long_password_length": 15, "long_password_classes": 4},
    "ACC-04": {"password_max_age_d": 60},
    "ACC-05": {"max_attempts": 3, "lockout_s": 86400},  # for good: no account opens by itself within a day
    "ACC-12": {"difok": 8, "maxsequence": 0},
    "ACC-13": {"inactive_days": 35, "min_days": 1, "warn_days": 0},
    "ACC-16": {"masks": [["077"], ["177"]]},
    "ACC-17": {"group": "wheel"},
    "IDL-01": {"max_idle_s": 600},
    "IDL-02": {"max_idle_s": 600, "max_alive_s": 600, "max_alive_count": 1},
    "LCK-01": {"max_idle_s": 600},
    "MAI-01": {"postfix_local": 0},
    "PRV-09": {"timeout_minutes": 0},
    "PRV-10": {"explicit_arguments": 0, "no_negation": 0, "no_root_target": 0},
}
GIVEN: dict[str, Given] = {
    "supports-cis-debian-12-l1-server": _CIS_DEBIAN,
    "supports-cis-debian-12-l1-workstation": _CIS_DEBIAN,
    "supports-cis-debian-12-l2-server": _CIS_DEBIAN_2,
    "supports-cis-rhel-9-l1-server": _CIS_RHEL,
    "supports-cis-rhel-9-l1-workstation": _CIS_RHEL,
    "supports-anssi-bp-028-minimal": _ANSSI,
    "supports-anssi-bp-028-intermediary": _ANSSI,
    "supports-anssi-bp-028-enhanced": _ANSSI_ENHANCED,
    "supports-anssi-bp-028-high": _ANSSI_ENHANCED,
    "supports-pci-dss-4-rhel-9": _PCI,
    "supports-stig-rhel-9": _STIG,
}
"""Profile to check to parameter to value; a check that the profile does not select is passed over."""
