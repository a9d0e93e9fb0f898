"""What is said of a change that is taken back."""

TEXTS = {
    "undo.apart": "rolled back separately",
    "undo.failed_check": "{check}: could not be applied again: {why}",
    "undo.faster": "its timer rolled back the whole change before the rest was confirmed",
    "undo.left_open": (
        "not certain that {checks} was applied again: run the same rollback once more; where its fix can cut off "
        "access, the host's own timer rolls back the whole change within {seconds} s"
    ),
    "undo.older": "made by an older version of Rempart: roll it back with that version",
}
