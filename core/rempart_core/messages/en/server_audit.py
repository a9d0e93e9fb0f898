"""What is said of the answers of an osqueryd that reports by itself."""

TEXTS = {
    "server_audit.extra_replaced": "another process served the extra tables in the middle",
    "server_audit.extra_unserved": "whoever serves the extra tables does not say what could not be read",
    "server_audit.unanswered": "sent, and never answered",
    "server_audit.unusable_columns": "the rows of the answer have different columns",
    "server_audit.unusable_json": "the answer is no JSON",
    "server_audit.unusable_large": "the answer is larger than what the server takes",
    "server_audit.unusable_packed": "the answer's compression is damaged",
    "server_audit.unusable_row": "a row of the answer is no object of texts",
    "server_audit.unusable_rows": "the answer has no rows",
    "server_audit.unusable_status": "the answer does not say whether the statement succeeded",
}
