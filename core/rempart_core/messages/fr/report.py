"""Texts of the area report."""

TEXTS = {
    "report.propose_alone": "--propose va avec --ciso-assistant",
    "report.poam_absent": (
        "aucune non-conformité ouverte : aucun plan d’action n’a été écrit, car il ne peut pas être vide"
    ),
    "report.no_sheets": "les tableurs demandent l’extra `report` : `pip install 'rempart[report]'`",
    "report.sample_size": "{text} : donnez un nombre de machines à partir de 1",
    "report.incomplete": "L’audit est incomplet ; la première page dit pourquoi.",
    "report.written": "écrit : {path}",
    "report.no_sample": (
        "--sample demande une chaîne de passages signés, sinon personne ne pourrait tirer l’échantillon à "
        "nouveau : `rempart audit --sign`"
    ),
    "report.not_after": "--from {since} n’est pas antérieur à la date du rapport, {at}",
    "report.too_early": "{option} {time} : le premier passage de la base date du {first}",
    "report.no_runs": "la base ne contient aucun passage : il n’y a rien à rapporter (`rempart audit --store`)",
    "report.nothing_asked": "donnez au moins une sortie : --pdf, --html, --xlsx, --oscal, --soa ou --ciso-assistant",
    "report.no_fetching": "un rapport ne va rien chercher : {url}",
    "report.no_printer": (
        "le PDF demande l’extra `report` et la bibliothèque Pango : `pip install 'rempart[report]'`, et sous "
        "Debian `apt-get install libpango-1.0-0 libpangoft2-1.0-0`"
    ),
    "report.answer_lost": "une réponse ne peut être conservée : {error}",
    "report.directory_read_only": "le dossier {path} n’est pas accessible en écriture",
    "report.hangs": (
        "le délai de {given} s est dépassé depuis {grace} s et quelque chose reste bloqué : arrêté, incomplet"
    ),
    "report.junit": "le rapport JUnit demande le paquet junit-xml, qui n’est pas installé",
    "report.kept": "une base, une clé, un registre ou une preuve s’y trouve : aucun rapport ne les remplace",
    "report.no_directory": "le dossier {path} n’existe pas",
    "report.no_folder_format": "le format de rapport « {name} » n’écrit pas de dossier (ceux qui le font : {known})",
    "report.no_format": "format de rapport inconnu « {name} » (connus : {known})",
    "report.no_name": "il manque le nom d’un fichier",
    "report.others_file": "{name}, où il continuerait, n’est pas un rapport de Rempart",
    "report.read_only": "il n’est pas accessible en écriture",
    "report.reader_gone": "le lecteur s’est arrêté",
    "report.same_place": "{first} et {second} écrivent tous deux dans {place} : donnez un endroit à chacun",
    "report.standard_output": "la sortie standard",
    "report.template": "le modèle de la page est défectueux : {error}",
    "report.twice": "le prochain audit ne pourrait pas reconnaître un document envoyé deux fois : {error}",
    "report.write": "impossible d’écrire {path} : {error}",
    "report.write_into": "impossible d’écrire dans {path} : {error}",
}
