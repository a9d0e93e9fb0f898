"""Texts of the area registers_command: what ``rempart registers`` says."""

TEXTS = {
    "registers_command.added": "{file}: added {row}",
    "registers_command.entries": "{count:entry|entries}",
    "registers_command.invented": "This is an invented organisation (sample: true): nothing here is a fact.",
    "registers_command.no_option": "{name} has no {option}: {known}",
    "registers_command.no_such_evidence": "no entry has the file {file}{hint}",
    "registers_command.no_values": "{name} takes {known}",
    "registers_command.not_kept": "Not kept: {names}",
    "registers_command.pinned": "{register}: {file}",
    "registers_command.pinned_count": "{count:file|files} pinned",
    "registers_command.sound": "{count:register|registers}, {entries}: no mistakes",
    "registers_command.stated": "{count:entry rests|entries rest} on a statement without a file: {names}",
}
