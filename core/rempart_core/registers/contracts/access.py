"""Who may use and enter what, and how access is taken back."""

from rempart_core.registers.contract import Contract, Kind, optional, required

ACCESS = (
    Contract(
        "access_reviews",
        ("ORG-11", "ORG-22"),
        (
            required("scope"),
            required("kind", Kind.CHOICE, "application", "administrators", "journal"),
            required("date", Kind.DATE),
            required("reviewer", Kind.PERSON),
            optional("removed", Kind.COUNT),
        ),
        key=("scope", "kind", "date"),
        dated="date",
    ),
    Contract(
        "departures",
        ("ORG-11",),
        (
            required("person", Kind.PERSON),
            required("left", Kind.TIME),
            optional("closed", Kind.TIME),
            optional("accounts", personal=True),
            optional("ticket"),
        ),
        key=("person", "left"),
        dated="left",
        unproven=True,
        may_be_empty=True,
        subject="person",
    ),
    Contract(
        "second_factor",
        ("ORG-12",),
        (
            required("account", Kind.ID, personal=True),
            required("kind", Kind.CHOICE, "administrator", "remote", "other"),
            required("method", Kind.CHOICE, "none", "sms", "app", "push", "key", "passkey", "smartcard", "other"),
            optional("person", Kind.PERSON),
        ),
        key=("account",),
        evidence=False,
        subject="person",
    ),
    Contract(
        "escrow",
        ("ORG-23",),
        (required("host"), optional("kind", Kind.CHOICE, "luks", "bitlocker", "filevault", "other")),
        key=("host", "kind"),
        evidence=False,
    ),
    Contract(
        "break_glass",
        ("ORG-23",),
        (
            required("account"),
            required("date", Kind.DATE),
            required("result", Kind.CHOICE, "worked", "failed"),
            required("by", Kind.PERSON),
        ),
        key=("account", "date"),
        dated="date",
    ),
    Contract(
        "physical",
        ("ORG-13",),
        (
            required("site"),
            required("kind", Kind.CHOICE, "badge_review", "visitor_log", "camera_check"),
            required("date", Kind.DATE),
            required("by", Kind.PERSON),
        ),
        key=("site", "kind", "date"),
        dated="date",
    ),
)
