"""Texts of the area notify."""

TEXTS = {
    "notify.audit_failed": "Rempart: the audit failed",
    "notify.delivered_late": "delayed notifications delivered now: {count}",
    "notify.dropped": "undelivered notifications deleted (too old or too many): {count}",
    "notify.failed": "--notify-file {path}: {error}",
    "notify.first_run": "the store contains no earlier run to compare with: no notification",
    "notify.late": "This message is late: it was to be delivered at {time}.",
    "notify.more": "… {count:more line|more lines}: rempart drift",
    "notify.no_apprise_url": "--notify: address {number} ({scheme}://…) is not a URL that Apprise supports",
    "notify.no_text": "--notify-file {path}: not a text in UTF-8",
    "notify.no_url": "--notify-file {path}: contains no URL",
    "notify.not_kept": "a message cannot be stored for later delivery: {faults}",
    "notify.not_regular": "--notify-file {path}: not a regular file",
    "notify.open": "--notify-file {path}: other users can read or write it; run chmod 600 {path}",
    "notify.other_owner": "--notify-file {path}: belongs to another user",
    "notify.returned": "{count:host answers|hosts answer} again",
    "notify.silent": "{count:host|hosts} fell silent",
    "notify.still_waiting": "notifications of earlier audits are still undelivered to {addresses}",
    "notify.too_long": "--notify-file {path}: longer than {size} bytes",
    "notify.undelivered": (
        "the notification could not be delivered to {addresses}; it will be sent again by the next audit"
    ),
    "notify.unseen": "{count:check|checks} can't be seen any more",
    "notify.waiting": "undelivered notifications of earlier audits: {count}, the oldest from {time}",
    "notify.worse": "{count:finding|findings} got worse",
}
