"""Texts of the area file."""

TEXTS = {
    "file.failed": "{path}: {error}",
}
