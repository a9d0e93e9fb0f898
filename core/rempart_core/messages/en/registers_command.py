"""Texts of the area registers_command: what ``rempart registers`` says."""

TEXTS = {
    "registers_command.added": "{file}: added {row}",
    "registers_command.and_more": "{names} and {count} more",
    "registers_command.answer_needed": "an answer is needed",
    "registers_command.ask_by": "Your pseudonym, as p-001 (never a name)?",
    "registers_command.ask_dpo": "Pseudonym of the data protection officer (empty: nobody is named)?",
    "registers_command.ask_headcount": "How many people have access today (as payroll counts them)?",
    "registers_command.ask_name": "Name of the organisation?",
    "registers_command.begun": "{folder} holds registers already: {names}",
    "registers_command.do_confirm": "confirm the list",
    "registers_command.do_deadline": "{names}: its day",
    "registers_command.do_notify": "notify {names}, or decide not to",
    "registers_command.do_renew": "renew {names}",
    "registers_command.due_of": "{register}: {what}",
    "registers_command.entries": "{count:entry|entries}",
    "registers_command.evidence_left": (
        "No entry names these files any more; remove them yourself if they are about nobody else: {names}"
    ),
    "registers_command.forget_question": "Remove the entries of {count:person|people}?",
    "registers_command.forget_rows": "{file}: {count:entry|entries}",
    "registers_command.forgotten": "{count:person|people} forgotten",
    "registers_command.git_keeps": (
        "The history of git keeps what was removed, and so do copies and reports; rewriting it (git filter-repo) "
        "is your decision."
    ),
    "registers_command.in_days": "in {count:day|days}",
    "registers_command.invented": "This is an invented organisation (sample: true): nothing here is a fact.",
    "registers_command.next_people": (
        "Next, the roster, one person each: rempart registers add people {folder} --id {by} --team … --kind employee"
    ),
    "registers_command.no_option": "{name} has no {option}: {known}",
    "registers_command.no_such_evidence": "no entry has the file {file}{hint}",
    "registers_command.no_terminal": "not a terminal: answer with {options}",
    "registers_command.no_values": "{name} takes {known}",
    "registers_command.no_yes": "not a terminal: pass --yes to confirm",
    "registers_command.nobody_forgotten": "nobody left more than a year ago",
    "registers_command.not_forgotten": "nothing was removed",
    "registers_command.not_kept": "Not kept: {names}",
    "registers_command.nothing_due": "nothing is due within {count:day|days}",
    "registers_command.overdue": "{count:day|days} overdue",
    "registers_command.pinned": "{register}: {file}",
    "registers_command.pinned_count": "{count:file|files} pinned",
    "registers_command.sample_alone": "--sample invents everything: leave the other options out",
    "registers_command.sample_made": "{count:register|registers}, their evidence and runs.jsonl written to {folder}",
    "registers_command.sound": "{count:register|registers}, {entries}: no mistakes",
    "registers_command.stated": "{count:entry rests|entries rest} on a statement without a file: {names}",
    "registers_command.still_named": "other entries still name {names}: they stay in the roster",
}
