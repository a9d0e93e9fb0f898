"""Texts of the area organisation: what registers and machines do not say of an organisation."""

TEXTS = {
    "organisation.no_live": "no results of machines: name a store (--store) or runs (--live RUNS.jsonl)",
    "organisation.stale_live": (
        "the newest results of machines are {days:day|days} old, more than {most:day|days}: audit the machines again"
    ),
}
