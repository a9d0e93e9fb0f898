"""Texts of the area resume."""

TEXTS = {
    "resume.cannot": "--resume: cannot resume the audit started at {began}: {lacking}",
    "resume.foreign": "{path}: belongs to another user, or other users can write to it",
    "resume.not_kept": "{why}; this audit cannot be resumed if it is interrupted (--resume)",
    "resume.nothing": "--resume: nothing to resume: no fleet audit was interrupted here",
    "resume.other_question": (
        "--resume: the interrupted audit ({began}) asked something else; without --resume all hosts are asked again:"
    ),
    "resume.running": "it is still running",
    "resume.stale_store": "--resume: the audit skipped hosts that had answered recently (--stale): --store is missing",
}
