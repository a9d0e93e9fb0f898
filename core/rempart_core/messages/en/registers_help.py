"""Texts of the area registers_help: the options of ``rempart registers``."""

TEXTS = {
    "registers_help.add_long": (
        "Add an entry to a register. Each column of the register is an option, as --person p-017 --date 2026-11-20; "
        "without any the command lists them (docs/registers.md says why each is asked). A register that is not there "
        "yet is begun. Registers: {names}."
    ),
    "registers_help.by": "who enters it, and confirms a new list (default: who confirmed the organisation)",
    "registers_help.changed": "a file of evidence that was replaced on purpose; may be given several times",
    "registers_help.confirm": "with this entry the list is complete as of today",
    "registers_help.dpo": "the pseudonym of the data protection officer",
    "registers_help.due_long": (
        "List what has to be renewed, confirmed or done within some days, and what is overdue, the most urgent "
        "first. How long an entry lasts is said by the parameters of the checks (`rempart checks show ORG-04`). "
        "What is missing altogether is told by an audit."
    ),
    "registers_help.file": "the evidence, a path inside the folder; its hash is written beside it",
    "registers_help.folder": "the folder of registers",
    "registers_help.forget_long": (
        "Remove the entries of people who left more than a year ago, from all registers. The history of git keeps"
        " them; the files of evidence are named, not removed."
    ),
    "registers_help.headcount": "how many people have access today, as payroll counts them",
    "registers_help.init_by": "your pseudonym, as p-001: you confirm what is entered",
    "registers_help.init_long": (
        "Begin a folder of registers: at most five questions, each of which an option answers too. Only what you "
        "answer is written; no fact is filled in for you. --sample makes an invented organisation instead."
    ),
    "registers_help.lint_long": (
        "Validate the registers of a folder: each mistake with file, line and column, all at once (exit status 2). "
        "Registers that are not kept are listed; their checks are not checked."
    ),
    "registers_help.name": "the organisation's name",
    "registers_help.pin_long": (
        "Write the SHA-256 of each new file of evidence beside its name. A file that was replaced since is refused "
        "unless --changed names it. Comments and order of your files stay."
    ),
    "registers_help.reference": "where the evidence lies, in words, if it is no file here: counts as a statement",
    "registers_help.register": "the register, as training",
    "registers_help.sample": (
        "an invented organisation with its evidence and the results of its machines, to try things out"
    ),
    "registers_help.within": "how far to look ahead, as 30d (default: 30d)",
    "registers_help.yes": "do not ask",
}
