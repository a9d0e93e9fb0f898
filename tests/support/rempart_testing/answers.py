"""The answers that tables work out, NULL where they don't know: what no check may take for a yes or a no.

One place for all: a table that gives answers adds its columns here, and every case of every check that reads it is
judged again with each answer unknown (``tests/checks/test_unknown_answers.py``).
"""

ANSWERS: dict[str, tuple[str, ...]] = {
    "rempart_aide_watch": ("excluded",),
    "rempart_access": ("read", "write", "enter", "swap"),
    "rempart_exports": ("everybody",),
    "rempart_grub": ("guarded",),
    "rempart_modprobe": ("available", "builtin", "loaded", "blocked", "blacklisted"),
    "rempart_pam_outcome": ("answer",),
    "rempart_secrets": ("complete",),
    "rempart_set_id": ("intact", "complete"),
    "rempart_ssh_keys": ("live",),
    "rempart_sshd_daemon": ("known", "stale"),
    "rempart_sudo_grant": ("grants_root", "asks"),
    "rempart_unit": ("comes",),
    "rempart_walk": ("intact", "walked", "user_known", "group_known"),
}
