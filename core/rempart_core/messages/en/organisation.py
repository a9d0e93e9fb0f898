"""Texts of the area organisation: what registers and machines do not say of an organisation."""

TEXTS = {
    "organisation.implausible": "register {name}: {trouble}",
    "organisation.malformed": "register {name}: {count:mistake|mistakes}, first {place}: {mistake}",
    "organisation.no_live": "no results of machines: name a store (--store) or runs (--live RUNS.jsonl)",
    "organisation.no_register": "no register {name}: `rempart registers add {name}`",
    "organisation.no_roster": "no roster: `rempart registers add people`",
    "organisation.stale_live": (
        "the newest results of machines are {days:day|days} old, more than {most:day|days}: audit the machines again"
    ),
}
