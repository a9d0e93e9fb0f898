"""What people have learnt, and what they do when somebody tries to trick them."""

from rempart_core.registers.contract import Contract, Kind, optional, required

AWARENESS = (
    Contract(
        "training",
        ("ORG-03", "ORG-04"),
        (
            required("person", Kind.PERSON),
            required("kind", Kind.CHOICE, "initial", "recurrent"),
            required("date", Kind.DATE),
            required("syllabus"),
            optional("minutes", Kind.COUNT),
        ),
        key=("person", "kind", "date", "syllabus"),
        dated="date",
        subject="person",
    ),
    Contract(
        "awareness_tests",
        ("ORG-05",),
        (
            required("person", Kind.PERSON),
            required("date", Kind.DATE),
            required("score", Kind.COUNT, personal=True),
            required("questions"),
        ),
        key=("person", "date", "questions"),
        dated="date",
        subject="person",
    ),
    Contract(
        "phishing",
        ("ORG-06",),
        (
            required("campaign"),
            required("date", Kind.DATE),
            required("team", Kind.TEAM),
            required("targets", Kind.COUNT),
            required("clicked", Kind.COUNT),
            required("reported", Kind.COUNT),
        ),
        key=("campaign", "date", "team"),
        dated="date",
    ),
    Contract(
        "referents",
        ("ORG-07",),
        (
            required("team", Kind.TEAM),
            required("person", Kind.PERSON),
            required("since", Kind.DATE),
            required("certificate"),
            optional("expires", Kind.DUE),
        ),
        key=("team", "person", "certificate"),
        dated="since",
        subject="person",
    ),
    Contract(
        "reporting",
        ("ORG-08",),
        (
            required("channel"),
            required("sent", Kind.TIME),
            optional("acknowledged", Kind.TIME),
            optional("reports", Kind.COUNT),
        ),
        key=("channel", "sent"),
        dated="sent",
    ),
    Contract(
        "acknowledgements",
        ("ORG-01",),
        (
            required("person", Kind.PERSON),
            required("policy", Kind.ID),
            required("version"),
            required("date", Kind.DATE),
        ),
        key=("person", "policy", "version"),
        dated="date",
        subject="person",
    ),
    Contract(
        "caller_checks",
        ("ORG-24",),
        (
            required("team", Kind.TEAM),
            required("date", Kind.DATE),
            required("sampled", Kind.COUNT),
            required("compliant", Kind.COUNT),
        ),
        key=("team", "date"),
        dated="date",
    ),
)
