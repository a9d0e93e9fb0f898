"""What a plan says of a finding."""

TEXTS = {
    "planning.by_ansible": (
        "There is a fix, but nothing records and guards a change on this system. By Ansible alone, with no way "
        "back: `ansible-playbook site.yml --tags {check}` (docs/fix.md)"
    ),
    "planning.can_not": "The fix can't work here: {why}",
    "planning.idle": "The fix would change nothing here, and the check fails all the same:",
    "planning.more": "{text}; … +{count}",
    "planning.no_answer_stored": "the store holds no answer of it; audit it first, or plan without --store",
    "planning.no_fix": "there is no automatic fix on this system",
    "planning.nobody_asked": "{check}: nobody asked",
    "planning.not_met": "{check} {title}: {seen}",
    "planning.not_wanted": "left out by the options of the plan",
    "planning.nothing_asked": "nothing was asked",
    "planning.people": "No automatic fix here: {why}. {manual}",
    "planning.recorded": (
        "`rempart apply` does not change Windows. By Ansible alone: `ansible-playbook site.yml --tags {check}`. It "
        "records each act, and rollback_windows.yml takes it back (docs/fix.md)"
    ),
    "planning.stays": "{text}; what does not come back: {what}",
    "planning.until": "until {end}: {reason}",
}
