"""Texts of the area resume."""

TEXTS = {
    "resume.cannot": "--resume: cannot resume the audit started at {began}: {lacking}",
    "resume.foreign": "{path}: belongs to another user, or other users can write to it",
    "resume.hosts_gone": "hosts that are no longer part of the audit: {names}",
    "resume.hosts_new": "hosts that were not part of the audit: {names}",
    "resume.hosts_other": "hosts of which the inventory says something else: {names}",
    "resume.names_more": "{names} and {count} more",
    "resume.not_given": "not given",
    "resume.not_kept": "{why}; this audit cannot be resumed if it is interrupted (--resume)",
    "resume.nothing": "--resume: nothing to resume: no fleet audit was interrupted here",
    "resume.other_checks": "checks or profiles have changed",
    "resume.other_option": "{name} was {then} and is {now}",
    "resume.other_question": (
        "--resume: the interrupted audit ({began}) asked something else; without --resume all hosts are asked again:"
    ),
    "resume.other_version": "it was begun by Rempart {then}, and this is {now}",
    "resume.running": "it is still running",
    "resume.stale_store": "--resume: the audit skipped hosts that had answered recently (--stale): --store is missing",
}
