"""The organisation, its people, and what each of them has signed or been told."""

from rempart_core.registers.contract import Contract, Kind, optional, required

ROSTER = (
    Contract(
        "organisation",
        (),
        (
            required("name"),
            required("headcount", Kind.COUNT),
            required("headcount_date", Kind.DATE),
            optional("dpo", Kind.ID, personal=True),
            optional("dpo_since", Kind.DATE),
            optional("sample", Kind.FLAG),
        ),
        key=(),
        dated="headcount_date",
        evidence=False,
        single=True,
    ),
    Contract(
        "people",
        ("ORG-01", "ORG-02", "ORG-03", "ORG-04", "ORG-05", "ORG-07", "ORG-11", "ORG-22"),
        (
            required("id", Kind.ID, personal=True),
            required("team", Kind.TEAM),
            required("kind", Kind.CHOICE, "employee", "temp", "subcontractor"),
            optional("role"),
            optional("card_data", Kind.FLAG),
            optional("access_from", Kind.DUE),
            optional("left", Kind.DUE),
        ),
        key=("id",),
        evidence=False,
        subject="id",
    ),
    Contract(
        "undertakings",
        ("ORG-02",),
        (required("person", Kind.PERSON), required("date", Kind.DATE)),
        key=("person", "date"),
        dated="date",
        subject="person",
    ),
    Contract(
        "notices",
        ("ORG-22",),
        (
            required("person", Kind.PERSON),
            required("topic", Kind.CHOICE, "monitoring", "recording", "both"),
            required("date", Kind.DATE),
        ),
        key=("person", "topic", "date"),
        dated="date",
        subject="person",
    ),
    Contract(
        "signers",
        ("ORG-10",),
        (
            required("person", Kind.PERSON),
            required("key"),
            required("since", Kind.DATE),
            optional("until", Kind.DUE),
        ),
        key=("key",),
        dated="since",
        evidence=False,
        may_be_empty=True,
    ),
)
