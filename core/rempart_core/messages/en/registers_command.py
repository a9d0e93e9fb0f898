"""Texts of the area registers_command: what ``rempart registers`` says."""

TEXTS = {
    "registers_command.added": "{file}: added {row}",
    "registers_command.answer_needed": "an answer is needed",
    "registers_command.ask_by": "Your pseudonym, as p-001 (never a name)?",
    "registers_command.ask_dpo": "Pseudonym of the data protection officer (empty: nobody is named)?",
    "registers_command.ask_headcount": "How many people have access today (as payroll counts them)?",
    "registers_command.ask_name": "Name of the organisation?",
    "registers_command.begun": "{folder} holds registers already: {names}",
    "registers_command.entries": "{count:entry|entries}",
    "registers_command.invented": "This is an invented organisation (sample: true): nothing here is a fact.",
    "registers_command.next_people": (
        "Next, the roster, one person each: rempart registers add people {folder} --id {by} --team … --kind employee"
    ),
    "registers_command.no_option": "{name} has no {option}: {known}",
    "registers_command.no_such_evidence": "no entry has the file {file}{hint}",
    "registers_command.no_terminal": "not a terminal: answer with {options}",
    "registers_command.no_values": "{name} takes {known}",
    "registers_command.not_kept": "Not kept: {names}",
    "registers_command.pinned": "{register}: {file}",
    "registers_command.pinned_count": "{count:file|files} pinned",
    "registers_command.sample_alone": "--sample invents everything: leave the other options out",
    "registers_command.sample_made": "{count:register|registers}, their evidence and runs.jsonl written to {folder}",
    "registers_command.sound": "{count:register|registers}, {entries}: no mistakes",
    "registers_command.stated": "{count:entry rests|entries rest} on a statement without a file: {names}",
}
