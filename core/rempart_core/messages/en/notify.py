"""Texts of the area notify."""

TEXTS = {
    "notify.failed": "--notify-file {path}: {error}",
    "notify.no_apprise_url": "--notify: address {number} ({scheme}://…) is not a URL that Apprise supports",
    "notify.no_text": "--notify-file {path}: not a text in UTF-8",
    "notify.no_url": "--notify-file {path}: contains no URL",
    "notify.not_kept": "a message cannot be stored for later delivery: {faults}",
    "notify.not_regular": "--notify-file {path}: not a regular file",
    "notify.open": "--notify-file {path}: other users can read or write it; run chmod 600 {path}",
    "notify.other_owner": "--notify-file {path}: belongs to another user",
    "notify.too_long": "--notify-file {path}: longer than {size} bytes",
}
