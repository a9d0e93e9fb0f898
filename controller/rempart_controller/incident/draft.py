"""The draft of a notification: the content of article 33(3) GDPR, what is known filled in, what is missing marked.

Source: Regulation (EU) 2016/679, articles 33 and 34. It is a draft for a person to complete: nothing is sent.
"""

from collections.abc import Iterator

from rempart_controller.incident.clock import GDPR_HOURS, read_utc
from rempart_controller.incident.incident_state import Standing, holds_evidence
from rempart_core.text import Text, clean, same
from rempart_core.timestamps import write_moment

_MISSING = Text("[MISSING: {}]", "[À COMPLÉTER : {}]")
_POINTS: tuple[tuple[Text, tuple[tuple[str, Text], ...]], ...] = (
    (
        Text("(a) Nature of the breach", "a) Nature de la violation"),
        (
            ("nature", Text("what happened (--nature)", "ce qui s’est passé (--nature)")),
            ("people", Text("categories of people concerned (--people)", "catégories de personnes (--people)")),
            ("people_count", Text("about how many people (--people-count)", "nombre approximatif (--people-count)")),
            ("records", Text("categories of records (--records)", "catégories d’enregistrements (--records)")),
            ("records_count", Text("about how many (--records-count)", "nombre approximatif (--records-count)")),
        ),
    ),
    (
        Text("(b) Contact", "b) Contact"),
        (
            (
                "contact",
                Text(
                    "data protection officer or other contact point (--contact)",
                    "délégué à la protection des données ou autre point de contact (--contact)",
                ),
            ),
        ),
    ),
    (
        Text("(c) Likely consequences", "c) Conséquences probables"),
        (("consequences", Text("likely consequences (--consequences)", "conséquences probables (--consequences)")),),
    ),
    (
        Text("(d) Measures taken or proposed", "d) Mesures prises ou envisagées"),
        (
            (
                "measures",
                Text(
                    "measures, also against its effects (--measures)",
                    "mesures, y compris d’atténuation (--measures)",
                ),
            ),
        ),
    ),
)  # fmt: skip
_NAMES = {
    "nature": Text("what happened", "les faits"),
    "people": Text("people concerned", "personnes concernées"),
    "people_count": Text("number of people (about)", "nombre de personnes (environ)"),
    "records": Text("records concerned", "enregistrements concernés"),
    "records_count": Text("number of records (about)", "nombre d’enregistrements (environ)"),
    "contact": Text("contact", "contact"),
    "consequences": Text("consequences", "conséquences"),
    "measures": Text("measures", "mesures"),
    "delay": Text("reasons for the delay", "motifs du retard"),
}
_DECIDED = {
    "notified": Text("notified", "notification"),
    "no_notification": Text("no notification", "pas de notification"),
    "informed": Text("informed", "personnes informées"),
    "not_informing": Text("not informing", "personnes non informées"),
    "early_warning": Text("early warning", "alerte précoce"),
    "nis2_notified": Text("NIS2 notified", "notification NIS2"),
    "nis2_report": Text("NIS2 report", "rapport NIS2"),
}
_REQUIRED = tuple(name for _, points in _POINTS for name, _ in points)


def find_missing(standing: Standing) -> list[str]:
    """Return the names of the facts of article 33(3) that nobody has told yet."""
    return [name for name in _REQUIRED if not standing.facts.get(name)]


def name_fact(name: str) -> Text:
    """Return what a reader calls a fact or a decision of a note."""
    return _NAMES.get(name) or _DECIDED.get(name) or same(name.replace("_", " "))


def write_draft(standing: Standing, language: str, now: int) -> str:
    """Return the draft.

    Args:
        standing: The incident.
        language: ``en`` or ``fr``.
        now: The moment, seconds since 1970.
    """
    return "\n".join(_lines(standing, language, now)) + "\n"


def _lines(standing: Standing, language: str, now: int) -> Iterator[str]:
    title = Text(
        "DRAFT: notification of a personal data breach to the supervisory authority (GDPR article 33)",
        "PROJET : notification d’une violation de données à l’autorité de contrôle (RGPD, article 33)",
    )
    yield title.get(language)
    reference = Text("reference", "référence").get(language)
    yield f"{reference}: {standing.incident}" if language == "en" else f"{reference} : {standing.incident}"
    yield Text(
        f"aware since {write_moment(standing.aware)}, end of the 72 hours {write_moment(_end(standing))}",
        f"connaissance le {write_moment(standing.aware)}, terme des 72 heures le {write_moment(_end(standing))}",
    ).get(language)
    for heading, points in _POINTS:
        yield ""
        yield heading.get(language)
        for name, question in points:
            yield _point(standing, name, question, language)
        if points[0][0] == "measures":
            yield from (f"  - {one.get(language)}" for one in _done(standing))
    if now > _end(standing) or standing.facts.get("delay"):
        yield ""
        yield Text("Reasons for the delay, art. 33(1)", "Motifs du retard, art. 33(1)").get(language)
        question = Text("why it was not notified within 72 hours (--delay)", "pourquoi au-delà de 72 heures (--delay)")
        yield _point(standing, "delay", question, language)
    if find_missing(standing):
        yield ""
        yield Text(
            "What is missing may follow in phases without undue further delay: art. 33(4).",
            "Ce qui manque peut suivre de manière échelonnée, sans autre retard indu : art. 33(4).",
        ).get(language)
    yield ""
    yield from _people(standing, language)


def _end(standing: Standing) -> int:
    return standing.aware + GDPR_HOURS * 3600


def _point(standing: Standing, name: str, question: Text, language: str) -> str:
    value = standing.facts.get(name)
    told = clean(value).replace("\n", "\n    ") if value else _MISSING.get(language).format(question.get(language))
    colon = " : " if language == "fr" else ": "
    return f"  - {_NAMES[name].get(language)}{colon}{told}"


def _done(standing: Standing) -> Iterator[Text]:
    """Yield the measures that the timeline itself knows of."""
    for one in filter(holds_evidence, standing.collections):
        time = str(one.get("time", ""))
        yield Text(f"{time}: evidence was collected and sealed", f"{time} : preuves collectées et scellées")
    for entry in standing.record.entries:
        if entry.outcome != "done":
            continue
        if entry.action == "isolate":
            yield Text(
                f"{entry.time}: the machine was cut off from the network",
                f"{entry.time} : la machine a été isolée du réseau",
            )
        elif entry.action == "release":
            yield Text(f"{entry.time}: the isolation was lifted", f"{entry.time} : l’isolement a été levé")


def _people(standing: Standing, language: str) -> Iterator[str]:
    yield Text("The people concerned, art. 34", "Les personnes concernées, art. 34").get(language)
    informed, reason = standing.decisions.get("informed"), standing.decisions.get("not_informing")
    if informed:
        told, at = clean(str(informed.get("text", ""))), write_moment(read_utc(str(informed.get("at", ""))))
        yield Text(f"  informed {at}: {told}", f"  informées le {at} : {told}").get(language)
    elif reason:
        told = clean(str(reason.get("text", "")))
        yield Text(f"  not informed, for this reason: {told}", f"  non informées, pour ce motif : {told}").get(language)
    else:
        question = Text(
            "are they informed (--informed), or why not (--not-informing): 34(3) (a) the data were unintelligible, as "
            "on an encrypted disk (check DSK-01), (b) later measures removed the high risk, (c) it would take "
            "disproportionate effort, then a public communication",
            "sont-elles informées (--informed), sinon pourquoi (--not-informing) : 34(3) a) données incompréhensibles, "
            "par exemple disque chiffré (vérification DSK-01), b) mesures ultérieures écartant le risque élevé, "
            "c) efforts disproportionnés, avec alors une communication publique",
        )
        yield "  " + _MISSING.get(language).format(question.get(language))
