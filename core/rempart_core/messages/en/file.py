"""Texts of the area file."""

TEXTS = {
    "file.failed": "{path}: {error}",
    "file.unreadable": "cannot read {path}: {error}",
    "file.unwritable": "cannot write {path}: {error}",
}
