"""Texts of the area time."""

TEXTS = {
    "time.no_date": (
        '"{text}" is not a date; give the number of a run, a date such as 2026-11-25, a time such as '
        "2026-11-25T13:00, or an age such as 7d or 24h"
    ),
    "time.wrong": (
        '"{text}": give the number of a run, a date such as 2026-11-25, a time such as 2026-11-25T13:00, or '
        "an age such as 7d or 24h"
    ),
}
