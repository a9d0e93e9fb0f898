"""Texts of the area registers: what is wrong with a file of rows."""

TEXTS = {
    "registers.absent": "there is no such file",
    "registers.ambiguous": "{text} can mean {first} or {second}: write the one that is meant",
    "registers.before": "{name}: {date} is before {other}, {first}",
    "registers.by_whom": "say with --by who confirms the list: organisation.yaml does not",
    "registers.cannot_edit": (
        "{file} is written in a way that can't be edited without touching more of it: edit it by hand"
    ),
    "registers.cells": "{found:cell|cells} where the first line names {expected:column|columns}",
    "registers.changed": (
        "the file {file} is not the one that was pinned: if it was replaced on purpose, run `rempart registers pin "
        "--changed`"
    ),
    "registers.changed_meanwhile": "somebody has changed it meanwhile: {file} stays as it is; try again",
    "registers.changes": "it changes while it is read",
    "registers.character": "the character U+{code} can't stand in a text file",
    "registers.column_twice": "the column {name} is named twice",
    "registers.conflict": "a git conflict marker: finish the merge, then remove the marker",
    "registers.date_as": "{text} is no date: write {date}",
    "registers.empty": "the list is empty, which is no answer here: add an entry or remove the file",
    "registers.ending": "it is not read: save it as {name}.yaml, or as {name}.csv in UTF-8",
    "registers.evidence": "evidence {file}: {told}",
    "registers.evidence_key": "unknown key {key}: evidence has file and sha256",
    "registers.future": "{name}: {date} has not come yet",
    "registers.head_twice": "the head of {name} stands in {name}.yaml: remove it here",
    "registers.headcount": (
        "roster and headcount disagree: {count:person has|people have} a day of access in the roster, "
        "organisation.yaml counts {headcount} on {date}"
    ),
    "registers.headcount_old": "the headcount is of {date}: count again, a roster can't be compared with it",
    "registers.impossible": "{text} does not exist in the calendar",
    "registers.key_twice": "{key} stands on line {line} too",
    "registers.long": "longer than {count:character|characters}",
    "registers.missing": 'the column "{name}" is missing',
    "registers.more_than": "{name}: {count} is more than {most} ({other})",
    "registers.nested": "the column {key} takes one text, not a list or keys",
    "registers.no_choice": "found {text}{hint}",
    "registers.no_column": "unknown column {name}{hint}",
    "registers.no_column_name": "a column has no name",
    "registers.no_count": "{text} is no whole number: write digits alone, like 1500",
    "registers.no_csv": "this is no CSV: {error}",
    "registers.no_date": "{text} is no date: write YYYY-MM-DD, like 2026-12-31",
    "registers.no_entries": 'the list is missing: write "entries:", be it "entries: []"',
    "registers.no_evidence": "nothing proves it: name a file (evidence) or what lies elsewhere (reference)",
    "registers.no_flag": "{text} is neither yes nor no: write true or false",
    "registers.no_head": 'the head is missing: write "as_of: 2026-12-31" and "by: p-003", who confirmed the list when',
    "registers.no_head_csv": "its head is missing: write {name} with as_of and by into registers.yaml",
    "registers.no_head_key": "unknown key {name} in the head{hint}",
    "registers.no_head_value": 'the head lacks "{name}"',
    "registers.no_id": "{text} is no identifier: write letters, digits, and . _ - without blanks",
    "registers.no_list": "expected a list of entries",
    "registers.no_offset": "{text} has no offset from UTC: write it as {example}",
    "registers.no_path": "{text} is no path of a file",
    "registers.no_person": "nobody in the roster has the id {id}{hint}",
    "registers.no_plain_file": "it is no plain file",
    "registers.no_pseudonym": "{text} is no pseudonym: write an id like p-017, never a name or an address",
    "registers.no_register": "no register has the name {name}{hint}",
    "registers.no_roster": (
        "there is no roster yet: write organisation.yaml, then `rempart registers add people DIR --id p-001 …`"
    ),
    "registers.no_row": "expected an entry with keys and values",
    "registers.no_sha256": "{text} is no SHA-256: leave it out and run `rempart registers pin`",
    "registers.no_time": "{text} is no time: write it as 2026-12-31T18:00+01:00",
    "registers.no_utf8": "it is not UTF-8: convert it with `{command}`",
    "registers.nothing_in_it": "nothing is in it, which proves nothing",
    "registers.outdated": (
        "nobody has confirmed the list since {date}, so it says nothing of today: look through it and renew as_of"
    ),
    "registers.no_team": "nobody in the roster is in the team {team}",
    "registers.outside": "it lies outside the folder of registers",
    "registers.quote_inside": "a quote inside a cell has to be written twice",
    "registers.see_list": ": `rempart registers add --help` lists them",
    "registers.single": "organisation.yaml has no entries: its columns stand beside as_of and by",
    "registers.there_already": "{name} has an entry {key} already",
    "registers.too_large": "it is larger than {size} MiB",
    "registers.two_files": "{first} and {second} hold one register: keep one of them",
    "registers.unpinned": "the file {file} has no hash: run `rempart registers pin`",
}
