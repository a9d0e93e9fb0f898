"""Texts of the area change."""

TEXTS = {
    "change.ask_apply": "Apply {fixes:fix|fixes} to {hosts:host|hosts}?",
    "change.ask_resume": "Resume change {change} on {hosts:host|hosts}?",
    "change.ask_rollback": "Roll back change {change} on {hosts:host|hosts}?",
    "change.before_unknown": (
        "the results from before the change are not known here: regressions of other checks could not be judged"
    ),
    "change.check_fails": "the check does not pass: the change stays open",
    "change.fails_again": "{checks} stays and was applied again, but does not pass",
    "change.fix_failed": "the fix failed: {error}",
    "change.interrupted_after": "interrupted after {wave}; everything that had begun is finished",
    "change.interrupted_in": "interrupted in {wave}; what was in progress was rolled back",
    "change.interrupted_lost": "interrupted in {wave}; {host} is lost and was no longer waited for",
    "change.list_needs_no_file": "rempart rollback CHANGE --json {file}: CHANGE is missing; the list needs no FILE",
    "change.more": "{count} more",
    "change.more_hosts": "… and {count:more host|more hosts}",
    "change.moved": "the plan is outdated; make a new one with `rempart plan`:",
    "change.no_end": "check mode did not finish",
    "change.no_plan": "PLAN is missing: `rempart plan` creates one; --resume CHANGE resumes a change",
    "change.no_terminal": "nothing was changed: not a terminal; pass --yes to confirm",
    "change.not_open": "change {change} is not open on any of these hosts",
    "change.nothing": "nothing to apply",
    "change.other_playbooks": (
        "the plan is outdated: the playbooks have changed since it was made; make a new one with `rempart plan`"
    ),
    "change.refused": "nothing was changed",
    "change.silent": "it does not answer",
    "change.stage_before": "before",
    "change.stage_changes": "changes",
    "change.stage_plan": "plan",
    "change.stage_resume": "resume",
    "change.stage_rollback": "rollback",
    "change.still": "still working ({seconds} s): {doing}",
    "change.stopped_failed": "stopped after {wave}: not everything is fixed on {hosts} (--max-fail)",
    "change.stopped_lost": "stopped after {wave}: {host} was lost",
    "change.stopped_worse": "stopped after {wave}: {host} had a regression and was rolled back",
    "change.under_way": "change {change} of {author} is under way here: wait for it, or use --force",
    "change.untouched": "change {change} touched none of these hosts",
    "change.wave": "wave {number} of {count}",
}
