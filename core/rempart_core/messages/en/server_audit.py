"""What is said of the answers of an osqueryd that reports by itself."""

TEXTS = {
    "server_audit.unanswered": "sent, and never answered",
    "server_audit.unusable": "the answer can't be used: {why}",
}
