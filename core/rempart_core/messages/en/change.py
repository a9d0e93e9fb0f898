"""Texts of the area change."""

TEXTS = {
    "change.altered": "{path}: changed after it was signed",
    "change.another_machine": "it is another machine than the planned one ({by} differs)",
    "change.ansible": "Ansible could not run: {error}",
    "change.ansible_status": "Ansible could not run: exit status {status}",
    "change.ask_apply": "Apply {fixes:fix|fixes} to {hosts:host|hosts}?",
    "change.ask_resume": "Resume change {change} on {hosts:host|hosts}?",
    "change.ask_rollback": "Roll back change {change} on {hosts:host|hosts}?",
    "change.before_unknown": (
        "the results from before the change are not known here: regressions of other checks could not be judged"
    ),
    "change.by_another": (
        "made worse by another, not by this change: {check} reads {what}, which no fix of the change touches"
    ),
    "change.check_fails": "the check does not pass: the change stays open",
    "change.defaults_written": "playbooks/vars/fixes.yml was written",
    "change.doing": "{host}: {doing} ({seconds} s)",
    "change.fails_again": "{checks} stays and was applied again, but does not pass",
    "change.fix_failed": "the fix failed: {error}",
    "change.folder_not_empty": "--playbook {folder}: this folder is not empty",
    "change.host_key": "host key",
    "change.host_moved": "the findings have changed since the plan ({checks}): make a new one with `rempart plan`",
    "change.interrupted_after": "interrupted after {wave}; everything that had begun is finished",
    "change.interrupted_in": "interrupted in {wave}; what was in progress was rolled back",
    "change.interrupted_lost": "interrupted in {wave}; {host} is lost and was no longer waited for",
    "change.left_out": "{check} is left out: {why}",
    "change.list_needs_no_file": "rempart rollback CHANGE --json {file}: CHANGE is missing; the list needs no FILE",
    "change.machine_id": "machine id",
    "change.more": "{count} more",
    "change.more_hosts": "… and {count:more host|more hosts}",
    "change.moved": "the plan is outdated; make a new one with `rempart plan`:",
    "change.no_end": "check mode did not finish",
    "change.no_id": "{change} is not the id of a change; `rempart rollback` lists them",
    "change.no_plan": "PLAN is missing: `rempart plan` creates one; --resume CHANGE resumes a change",
    "change.no_playbooks": "{path}: {error}; --playbooks must name a copy of our playbooks",
    "change.no_signed_file": "{path}: not a {what} file of Rempart",
    "change.no_terminal": "nothing was changed: not a terminal; pass --yes to confirm",
    "change.no_zone": "rempart_window {text}: there is no time zone {zone}",
    "change.not_in_inventory": "it is no longer in the inventory",
    "change.not_open": "change {change} is not open on any of these hosts",
    "change.not_understood": "the host's answer is not understood",
    "change.nothing": "nothing to apply",
    "change.nothing_audited": "{options}: nothing is audited here; --html writes a page of what is shown",
    "change.open_playbooks": (
        "{path}: other users can write to it, and it would run as root on the hosts; run chmod go-w"
    ),
    "change.other_key": "{path}: signed with another key ({other}…); ours is {own}…",
    "change.other_playbooks": (
        "the plan is outdated: the playbooks have changed since it was made; make a new one with `rempart plan`"
    ),
    "change.other_schema": "{path}: expected {schema}, found {found}",
    "change.other_version": "{path}: written by another version of Rempart",
    "change.plan_future": (
        "the plan is dated {time}, in the future: a clock is wrong; make a new one with `rempart plan`"
    ),
    "change.plan_old": "the plan is {hours} h old; make a new one with `rempart plan`, or allow it with --max-age",
    "change.refused": "nothing was changed",
    "change.silent": "it does not answer",
    "change.some_moved": "left out because the findings have changed since the plan: {checks}",
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
    "change.unknown": "there is no change {change}; the last ones: {known}",
    "change.unknown_none": "there is no change {change}; none was made from here",
    "change.unread_since": (
        "made worse by another, not by this change: {check} can't be judged, since {path} was changed after sshd "
        "had read what the change wrote"
    ),
    "change.untouched": "change {change} touched none of these hosts",
    "change.vault_pass": "Ansible itself runs here and cannot ask for --ask-vault-pass: use --vault-password-file",
    "change.wave": "wave {number} of {count}",
    "change.wave_size": "--waves {text}: {part} is neither a number of hosts nor a share; example: {example}",
    "change.window": (
        "rempart_window {text}: give days, times and a time zone, such as Mon,Wed-Fri 20:00-06:00 Europe/Paris"
    ),
    "change.window_closed": "it may only be changed {window} (--ignore-window)",
    "change.window_unread": "cannot read the inventory again to see whether it may be changed now: {error}",
}
