"""The words of the reports in English and French, and how each language writes counts, numbers and dates.

Imported by the terminal report, so it imports nothing but the model.
"""

from functools import cache

from rempart_core.check import Severity
from rempart_core.result import State

NARROW = "\u202f"  # the space that never breaks, before ; ? ! and between thousands
FIXED = "\u00a0"  # the space that never breaks, before : and inside « »

WORDS = {
    # states, and what a result is besides its state
    "pass": ("pass", "conforme"),
    "fail": ("fail", "non conforme"),
    "error": ("error", "erreur"),
    "not_applicable": ("not applicable", "sans objet"),
    "not_checked": ("not checked", "non vérifié"),
    "waived": ("waived", "dérogation"),
    "known": ("known", "connue"),
    "undecided": ("undecided", "indécis"),
    # severities
    "critical": ("critical", "critique"),
    "high": ("high", "élevée"),
    "medium": ("medium", "moyenne"),
    "low": ("low", "faible"),
    "info": ("info", "info"),
    # roles, kinds of target, frameworks
    "workstation": ("workstation", "poste de travail"),
    "server": ("server", "serveur"),
    "image": ("image", "image"),
    "organisation": ("organisation", "organisation"),
    "machine": ("running machine", "machine en service"),
    "root": ("root filesystem", "système de fichiers racine"),
    "host": ("remote host", "hôte distant"),
    "gdpr": ("GDPR", "RGPD"),
    "iso-27001-2022": ("ISO/IEC 27001:2022, Annex A", "ISO/IEC 27001:2022, annexe A"),
    "pci-dss-4.0.1": ("PCI DSS v4.0.1", "PCI DSS v4.0.1"),
    "cis-8.1": ("CIS Controls v8.1", "CIS Controls v8.1"),
    "anssi-hygiene": ("ANSSI hygiene guide", "Guide d’hygiène de l’ANSSI"),
    "nis2": ("NIS 2", "NIS 2"),
    "nist-800-53r5": ("NIST SP 800-53 Rev. 5", "NIST SP 800-53 rév. 5"),
    # areas: the folders of the checks
    "accounts": ("Accounts and passwords", "Comptes et mots de passe"),
    "agent": ("Audit agent", "Agent d’audit"),
    "anti-malware": ("Anti-malware", "Protection antivirale"),
    "backup": ("Backup", "Sauvegarde"),
    "detection": ("Intrusion detection", "Détection d’intrusion"),
    "disk-encryption": ("Disk encryption", "Chiffrement des disques"),
    "exposure": ("Customer data exposure", "Exposition des données clients"),
    "firewall": ("Firewall", "Pare-feu"),
    "idle-sessions": ("Idle sessions", "Sessions inactives"),
    "images": ("Golden image", "Image de référence"),
    "integrity": ("Integrity", "Intégrité"),
    "kernel": ("Kernel hardening", "Durcissement du noyau"),
    "logging": ("Logging and audit trail", "Journaux et traces"),
    "media": ("Removable media", "Supports amovibles"),
    "patches": ("Patch status", "Mises à jour"),
    "privileges": ("Privileged access", "Accès privilégiés"),
    "remote-access": ("Remote access", "Accès distants"),
    "screen-lock": ("Screen lock", "Verrouillage de l’écran"),
    "software": ("Browsers and software", "Navigateurs et logiciels"),
    "time": ("Time synchronisation", "Synchronisation de l’heure"),
    "transit": ("Encryption in transit", "Chiffrement des flux"),
    # disruptions
    "none": ("none", "aucune"),
    "service": ("restarts a service", "redémarre un service"),
    "session": ("ends user sessions", "ferme des sessions"),
    "reboot": ("needs a reboot", "exige un redémarrage"),
    "lockout": ("could cut the way in", "peut couper l’accès distant"),
    "manual": ("done by hand", "intervention manuelle"),
    # headings
    "report": ("Security audit report", "Rapport d’audit de sécurité"),
    "verdict": ("Verdict", "Verdict"),
    "summary": ("Summary", "Synthèse"),
    "findings": ("Findings", "Non-conformités"),
    "errors": ("Could not be judged", "Vérifications sans verdict"),
    "accepted": ("Waived or known findings", "Dérogations et non-conformités connues"),
    "waivers": ("Waived", "Dérogations"),
    "knowns": ("Known since the baseline", "Connues depuis la référence"),
    "gaps": ("Not checked", "Non vérifié"),
    "inapplicable": ("Not applicable", "Sans objet"),
    "passes": ("Passed", "Conforme"),
    "controls": ("Controls", "Exigences"),
    "left_out": ("Left out by the profile", "Écarté par le profil"),
    "facts": ("About this audit", "À propos de cet audit"),
    "contents": ("Contents", "Sommaire"),
    # fleets
    "fleet": ("Fleet audit report", "Rapport d’audit du parc"),
    "hosts": ("Hosts", "Machines"),
    "host_name": ("Host", "Machine"),
    "groups": ("Groups", "Groupes"),
    "worst_hosts": ("Worst hosts", "Machines les plus exposées"),
    "fails_most": ("What fails most", "Ce qui échoue le plus"),
    "errors_most": ("What could not be judged", "Ce qui n’a pas pu être jugé"),
    "silent_hosts": ("Silent hosts", "Machines muettes"),
    "silent_host": ("silent", "muette"),
    "old_answers": ("Answers older than two days", "Réponses de plus de deux jours"),
    "answer": ("Answer", "Réponse"),
    "no_answer": ("no answer", "aucune réponse"),
    "last_answer": ("last answer {}", "dernière réponse {}"),
    "ago": ("{} ago", "il y a {}"),
    "coverage": ("Coverage", "Couverture"),
    "coverage_is": (
        "Coverage is what was judged of what applies.",
        "La couverture est la part jugée de ce qui s’applique.",
    ),
    "oldest_answer": ("oldest answer {}", "réponse la plus ancienne {}"),
    "failing_hosts": ("Failing", "Non conformes"),
    "failing_of": ("{} of {}", "{} sur {}"),
    "on": ("On", "Sur"),
    "fleet_bad": ("{} of {} with open findings ({}).", "{} sur {} avec des non-conformités ouvertes ({})."),
    "fleet_good": ("No host has an open finding.", "Aucune machine n’a de non-conformité ouverte."),
    "fleet_gaps": ("The audit is incomplete on {}.", "L’audit est incomplet sur {}."),
    "fleet_below": ("Findings below the threshold ({}) on {}.", "Non-conformités sous le seuil ({}) sur {}."),
    "and_more": ("{} more", "{} de plus"),
    "all_hosts": ("All hosts", "Toutes les machines"),
    "check_everywhere": (
        "on all hosts, with parameters and SQL",
        "sur toutes les machines, avec paramètres et SQL",
    ),
    "all_checks": ("Checks on all hosts", "Vérifications sur toutes les machines"),
    "filter": ("Filter by host, group or system", "Filtrer par machine, groupe ou système"),
    "only_open": ("only with findings", "seulement avec des non-conformités"),
    "hosts_bar": ("How the hosts came out", "Résultat des machines"),
    "host_worst": ("{}, worst finding: {}", "{}, non-conformité la plus grave : {}"),
    "host_partial": ("{}, nothing open but incomplete", "{}, rien d’ouvert mais audit incomplet"),
    "host_good": ("{}, nothing open", "{}, rien d’ouvert"),
    "with_findings": ("With findings", "Non conformes"),
    "nothing_fails": ("Nothing fails.", "Rien n’échoue."),
    "variant": ("Variant {}, on {}", "Variante {}, sur {}"),
    "about_check": ("About this check", "À propos de cette vérification"),
    "all_of_them": ("Show them all", "Tout afficher"),
    "full_report": (
        "The HTML directory, CSV and JSON reports hold every host.",
        "Le dossier HTML et les rapports CSV et JSON contiennent toutes les machines.",
    ),
    # what a store remembers
    "open_since": ("Open since", "Ouverte depuis"),
    "failing_since": ("Failing since", "Non conforme depuis"),
    "drift": ("What changed since the run before", "Ce qui a changé depuis le passage précédent"),
    "drift_is": ("Compared with the run before ({}): {}.", "Par rapport au passage précédent ({}) : {}."),
    "drift_worse": ("Got worse", "S’est dégradé"),
    "drift_unseen": ("Can’t be seen any more", "Ne se voit plus"),
    "drift_appeared": ("New checks", "Nouvelles vérifications"),
    "drift_changed": ("Changed otherwise", "Changé autrement"),
    "drift_waiver": ("Waivers changed", "Dérogations modifiées"),
    "drift_better": ("Got better", "S’est amélioré"),
    "drift_disappeared": ("No longer asked", "Vérifications retirées"),
    "drift_rest": ("Other changes", "Autres changements"),
    "fallen_silent": ("Fell silent", "Devenues muettes"),
    "new_host": ("New hosts", "Nouvelles machines"),
    "returned": ("Answer again", "Répondent à nouveau"),
    "nothing_changed": ("Nothing changed.", "Rien n’a changé."),
    "moved": ("Change", "Changement"),
    "not_asked": ("not asked", "pas posée"),
    "change_worse": ("worse since the run before: it was {}", "pire depuis le passage précédent : c’était {}"),
    "change_unseen": ("can’t be seen any more: it was {}", "ne se voit plus : c’était {}"),
    "change_appeared": ("new since the run before", "nouvelle depuis le passage précédent"),
    "change_changed": (
        "changed since the run before: it was {}",
        "a changé depuis le passage précédent : c’était {}",
    ),
    "change_waiver": (
        "its waiver changed since the run before",
        "sa dérogation a changé depuis le passage précédent",
    ),
    "change_better": ("better since the run before: it was {}", "mieux depuis le passage précédent : c’était {}"),
    "new_items": ("new: {}", "nouveaux : {}"),
    # parts of one result
    "evidence": ("Evidence", "Éléments constatés"),
    "witness": ("Second witness", "Second témoin"),
    "fallback": (
        "Seen by the fallback statement: the engine lacks a table or column of the first one.",
        "Constaté par la requête de repli : il manque au moteur une table ou une colonne de la première.",
    ),
    "item": ("Item", "Élément"),
    "observed": ("Observed", "Constaté"),
    "expected": ("Expected", "Attendu"),
    "ok": ("Result", "Résultat"),
    "reason": ("Reason", "Motif"),
    "fix": ("How to mend it", "Comment corriger"),
    "fix_short": ("Fix", "Corriger"),
    "why": ("Why it matters", "Pourquoi c’est important"),
    "parameters": ("Parameters in force", "Paramètres appliqués"),
    "sql": ("SQL as it was sent", "SQL tel qu’il a été envoyé"),
    "supports": ("Supports", "Contribue à"),
    "waiver": ("Waiver", "Dérogation"),
    "revision": ("revision", "révision"),
    "role_of": ("Ansible role", "Rôle Ansible"),
    "tag": ("tag", "étiquette"),
    "disruption": ("disruption", "perturbation"),
    "check": ("Check", "Vérification"),
    "checks": ("Checks", "Vérifications"),
    "severity": ("Severity", "Gravité"),
    "area": ("Area", "Domaine"),
    "requirement": ("Requirement", "Exigence"),
    "state": ("State", "État"),
    "total": ("Total", "Total"),
    "title": ("Title", "Intitulé"),
    "incomplete": (
        "Other things could not be decided: the finding may be larger than what is shown.",
        "D’autres éléments n’ont pas pu être tranchés : l’écart peut être plus large que ce qui est montré.",
    ),
    "nothing_seen": ("Nothing was seen.", "Rien n’a été constaté."),
    "empty": ("(empty)", "(vide)"),
    # waivers
    "until": ("until {}", "jusqu’au {}"),
    "by": ("decided by {}", "décision de {}"),
    "items": ("for {}", "pour {}"),
    "waived_until": ("waived until {}: {}", "dérogation jusqu’au {} : {}"),
    "expired": ("waiver expired on {}: {}", "dérogation expirée le {} : {}"),
    "known_since": ("known since baseline", "connue depuis la référence"),
    # run facts
    "target": ("Target", "Cible"),
    "group": ("Group", "Groupe"),
    "kind": ("Kind", "Nature"),
    "platform": ("Platform", "Plateforme"),
    "system": ("System", "Système"),
    "machine_id": ("Machine identity (hashed)", "Identité de la machine (hachée)"),
    "role": ("Role", "Rôle"),
    "detected": ("detected", "détecté"),
    "given": ("given", "indiqué"),
    "profile": ("Profile", "Profil"),
    "profile_of": ("profile {}", "profil {}"),
    "engine": ("Engine", "Moteur"),
    "engine_of": ("engine {}", "moteur {}"),
    "user": ("User", "Utilisateur"),
    "as_user": ("as {}", "en tant que {}"),
    "privileged": ("full privileges", "tous les droits"),
    "unprivileged": ("without root privileges", "sans les droits de root"),
    "started": ("Started", "Début"),
    "ended": ("Ended", "Fin"),
    "lasted": ("Duration", "Durée"),
    "generated": ("Report written", "Rapport rédigé"),
    "content": ("Content digest", "Empreinte du contenu"),
    "version": ("Rempart version", "Version de Rempart"),
    "threshold": ("Threshold", "Seuil"),
    "threshold_is": ("{} and above count", "gravité {} et au-dessus"),
    "waiver_file": ("Waiver file", "Fichier des dérogations"),
    "baseline": ("Baseline", "Référence"),
    "head": ("Head of the chain", "Tête de chaîne"),
    "unrecognised": ("no operating system recognised", "aucun système d’exploitation reconnu"),
    # sentences
    "nothing_judged": ("Nothing could be judged.", "Rien n’a pu être jugé."),
    "all_fine": ("Nothing is open.", "Aucune non-conformité ouverte."),
    "below": ("{} below the threshold ({}).", "{} sous le seuil ({})."),
    "is_complete": ("The audit is complete.", "L’audit est complet."),
    "is_incomplete": ("The audit is incomplete: {}.", "L’audit est incomplet : {}."),
    "no_results": (
        "No check was run: the run holds no results.",
        "Aucune vérification n’a été faite : le passage ne contient aucun résultat.",
    ),
    "supports_only": (
        "A check supports a requirement; it never satisfies one alone.",
        "Une vérification contribue à une exigence ; elle n’y satisfait jamais à elle seule.",
    ),
    "supports_more": (
        "A requirement also asks for what no machine can show, and for machines that were not audited here.",
        "Une exigence porte aussi sur ce qu’aucune machine ne montre, et sur des machines non auditées ici.",
    ),
    "picture": (
        "One mark for each check, findings first.",
        "Une marque par vérification, les non-conformités d’abord.",
    ),
    "bar": ("How the checks came out", "Résultat des vérifications"),
    "by_area": ("Results by area and severity", "Résultats par domaine et par gravité"),
    "evidence_of": ("Evidence of {}", "Éléments constatés pour {}"),
    "skip_link": ("Skip to the verdict", "Aller au verdict"),
    "not_shown": (
        "The report is cut here at 1 MB: {} not shown. The HTML and JSON reports hold everything.",
        "Le rapport est coupé ici à 1 Mo : {} non affichés. Les rapports HTML et JSON contiennent tout.",
    ),
    "cut_bytes": (
        "(cut at 8 KB: {} bytes are not shown; the JSON report holds everything)",
        "(coupé à 8 Ko : {} octets ne sont pas affichés ; le rapport JSON contient tout)",
    ),
    "cut_text": ("… ({} more characters)", "… ({} caractères de plus)"),
    "more_rows": ("and {} more", "et {} de plus"),
    "sum": ("{}: {}.", "{} : {}."),
    "shown_of": ("{} shown", "{} affichés"),
}

PLURALS = {
    # kind: (one, many) in English, (one, many) in French
    "finding": (("finding", "findings"), ("non-conformité", "non-conformités")),
    "open": (("finding is open", "findings are open"), ("non-conformité ouverte", "non-conformités ouvertes")),
    "critical": (("critical", "critical"), ("critique", "critiques")),
    "high": (("high", "high"), ("élevée", "élevées")),
    "medium": (("medium", "medium"), ("moyenne", "moyennes")),
    "low": (("low", "low"), ("faible", "faibles")),
    "info": (("info", "info"), ("info", "info")),
    "error": (("error", "errors"), ("erreur", "erreurs")),
    "waived": (("waived", "waived"), ("dérogation", "dérogations")),
    "known": (("known", "known"), ("connue", "connues")),
    "not_checked": (("not checked", "not checked"), ("non vérifié", "non vérifiés")),
    "not_applicable": (("not applicable", "not applicable"), ("sans objet", "sans objet")),
    "pass": (("passed", "passed"), ("conforme", "conformes")),
    "check": (("check", "checks"), ("vérification", "vérifications")),
    "result": (("result", "results"), ("résultat", "résultats")),
    "gap": (
        ("check could not be judged", "checks could not be judged"),
        ("vérification n’a pas pu être jugée", "vérifications n’ont pas pu être jugées"),
    ),
    "failing": (("failing", "failing"), ("non conforme", "non conformes")),
    "undecided": (("undecided", "undecided"), ("indécis", "indécis")),
    "passing": (("passing", "passing"), ("conforme", "conformes")),
    "host": (("host", "hosts"), ("machine", "machines")),
    "silent": (
        ("host did not answer", "hosts did not answer"),
        ("machine n’a pas répondu", "machines n’ont pas répondu"),
    ),
    "minute": (("minute", "minutes"), ("minute", "minutes")),
    "hour": (("hour", "hours"), ("heure", "heures")),
    "day": (("day", "days"), ("jour", "jours")),
    "row": (("row", "rows"), ("ligne", "lignes")),
    "change": (("change", "changes"), ("changement", "changements")),
    "regression": (("regression", "regressions"), ("régression", "régressions")),
}

_MONTHS = (
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
     "December"),
    ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
     "décembre"),
)  # fmt: skip

_FIXED_SPACES = (
    (" :", FIXED + ":"),
    (" ;", NARROW + ";"),
    (" ?", NARROW + "?"),
    (" !", NARROW + "!"),
    (" %", NARROW + "%"),
    (" »", FIXED + "»"),
    ("« ", "«" + FIXED),
)


@cache
def word(key: str, language: str) -> str:
    """Return the word, heading or sentence of that key, typeset.

    Raises:
        KeyError: There is none: a mistake of ours.
    """
    return typeset(WORDS[key][language == "fr"], language)


def name(key: str, language: str) -> str:
    """Return the name of an area, a framework, a role …, or the key made readable where it has none."""
    if key in WORDS:
        return word(key, language)
    plain = key.replace("-", " ").replace("_", " ").strip() or key
    return plain[:1].upper() + plain[1:]


def typeset(text: str, language: str) -> str:
    """Return our own text with the spaces of French typography that must not break.

    English stays as it is, and so does what stands between backticks, for that is copied into a shell.
    """
    if language != "fr":
        return text
    pieces = text.split("`")
    for place in range(0, len(pieces), 2):
        for plain, fixed in _FIXED_SPACES:
            pieces[place] = pieces[place].replace(plain, fixed)
    return "`".join(pieces)


def colon(language: str) -> str:
    """Return what stands between a label and its value."""
    return FIXED + ": " if language == "fr" else ": "


def plural(count: int, kind: str, language: str) -> str:
    """Return ``3 findings`` or ``3 non-conformités``; zero is plural in English and singular in French."""
    one, many = PLURALS[kind][language == "fr"]
    single = count < 2 if language == "fr" else count == 1
    return f"{number(count, language)} {one if single else many}"


def number(value: int, language: str) -> str:
    """Return a whole number with its thousands apart: ``12,345`` or ``12 345``."""
    text = f"{value:,}"
    return text.replace(",", NARROW) if language == "fr" else text


def duration(seconds: float, language: str) -> str:
    """Return ``4 ms`` below a second, then ``1.25 s`` or ``1,25 s``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}{FIXED}ms"
    text = f"{seconds:.2f}"
    return f"{text.replace('.', ',') if language == 'fr' else text}{FIXED}s"


def day(text: str, language: str) -> str:
    """Return a date in words: ``2026-11-25`` gives ``25 November 2026``, what follows a space stands in brackets.

    Args:
        text: ``YYYY-MM-DD``, with or without a zone behind it (``2026-11-25 Europe/Paris``). Anything else comes back
            as it is.
        language: ``en`` or ``fr``.
    """
    date, _, zone = text.partition(" ")
    year, _, rest = date.partition("-")
    month, _, number_of_day = rest.partition("-")
    parts = (year, month, number_of_day)
    if [len(p) for p in parts] != [4, 2, 2] or not all(p.isascii() and p.isdigit() for p in parts):
        return text
    if not 1 <= int(month) <= 12:
        return text
    first = "1er" if language == "fr" and number_of_day == "01" else str(int(number_of_day))
    words = f"{first} {_MONTHS[language == 'fr'][int(month) - 1]} {year}"
    return f"{words} ({zone})" if zone else words


def moment(text: str, language: str) -> str:
    """Return a time in words: ``2026-11-25T13:00:00Z`` gives ``25 November 2026, 13:00 UTC``.

    Anything else comes back as it is.
    """
    date, _, clock = text.partition("T")
    words = day(date, language)
    if words == date or len(clock) != 9 or clock[-1] != "Z" or clock[2] != ":":
        return text
    if language == "fr":
        return f"{words} à {clock[:2]}{FIXED}h{FIXED}{clock[3:5]}{FIXED}UTC"
    return f"{words}, {clock[:5]}{FIXED}UTC"


def age(seconds: float, language: str) -> str:
    """Return how long ago something was in its largest fitting unit: ``5 minutes``, ``7 hours``, ``3 days``."""
    for kind, unit, least in (("day", 86_400, 172_800), ("hour", 3_600, 3_600)):
        if seconds >= least:
            return plural(int(seconds // unit), kind, language)
    return plural(max(int(seconds // 60), 0), "minute", language)


def percent(part: int, whole: int, language: str) -> str:
    """Return ``97 %`` as each language writes it, rounded down, so that only all is 100 %; ``–`` of nothing."""
    if not whole:
        return "–"
    return f"{part * 100 // whole}{NARROW if language == 'fr' else ''}%"


def state_name(state: State, language: str) -> str:
    """Return the name of a state."""
    return word(state.value, language)


def severity_name(severity: Severity, language: str) -> str:
    """Return the name of a severity; French agrees with « gravité »."""
    return word(severity.value, language)
