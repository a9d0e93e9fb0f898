"""Texts of the area engine."""

TEXTS = {
    "engine.answer_large": "la réponse est trop grande : {error}",
    "engine.compare_counts": "{count:vérification|vérifications}, dont {differing} au résultat différent",
    "engine.compare_engine": "{name} {version} en tant que {user} : {seconds} s",
    "engine.compare_more": "et {count} de plus",
    "engine.compare_not_ok": "non conforme",
    "engine.compare_ok": "conforme",
    "engine.compare_row": "{mark} : {item} : {observed}, attendu {expected}",
    "engine.compare_undecided": "indécis",
    "engine.compare_witness": "second témoin : {line}",
    "engine.extension_ends": "arrêt",
    "engine.extension_gone": "osqueryd a disparu : {error}",
    "engine.extension_late": (
        "l’extension qui sert les tables supplémentaires n’a pas répondu (osqueryd lui-même répond)"
    ),
    "engine.extension_linux": "les tables supplémentaires n’existent que sur Linux",
    "engine.extension_log": "rempart extension : {text}",
    "engine.extension_lost": "l’extension qui sert les tables supplémentaires a disparu : {error}",
    "engine.extension_quote": "{path} : un chemin avec une apostrophe ne peut pas servir dans un script shell",
    "engine.extension_refused": "impossible de servir les tables supplémentaires : {error}",
    "engine.extension_serves": "sert {count:table|tables} à {path}",
    "engine.extension_suffix": "{path} : osqueryd ne lance une extension que si son nom finit par .ext",
    "engine.extension_waits": "en attente : {error}",
    "engine.extension_written": (
        "{path} a été écrit ; ajoutez une ligne avec ce chemin à l’extensions.load d’osqueryd et redémarrez-le"
    ),
    "engine.late": "pas de réponse en {seconds} s",
    "engine.linux_only": "le moteur intégré ne prend en charge que Linux",
    "engine.no_osquery_info": "il n’a pas osquery_info",
    "engine.no_osqueryi": "osqueryi est introuvable ; indiquez son chemin dans {variable}",
    "engine.no_rows": "aucune ligne",
    "engine.no_table": "il n’y a pas de table {table}. {explanation}",
    "engine.not_asked": "non interrogé : {error}",
    "engine.only_osquery": (
        "aucun osquery n’est disponible sur cette machine, et sur ce système seul osquery peut répondre"
    ),
    "engine.osqueryd": "osqueryd : {error}",
    "engine.osqueryd_gone": "osqueryd ne répond plus : {error}",
    "engine.osqueryd_late": "osqueryd n’a pas répondu",
    "engine.osqueryd_twice": "osqueryd a disparu deux fois pendant sa réponse : {error}",
    "engine.osqueryi": "osqueryi : {error}",
    "engine.osqueryi_ended": "osqueryi s’est arrêté",
    "engine.osqueryi_invalid": "osqueryi : réponse non valide : {error}",
    "engine.osqueryi_late": "osqueryi n’a pas répondu",
    "engine.osqueryi_memory": "osqueryi : {error} ; il peut prendre {size} Mio de mémoire",
    "engine.osqueryi_refused": "osqueryi n’est pas lancé : {error}",
    "engine.osqueryi_silent": "osqueryi ne répond pas : {error}",
    "engine.osqueryi_start": "osqueryi ne peut pas être lancé : {error}",
    "engine.own_table": "ce qui répond ici : ce moteur",
    "engine.root": "--root {error}",
    "engine.root_embedded": (
        "un système de fichiers racine est lu par le moteur intégré : osquery ne voit que la machine où il tourne"
    ),
    "engine.socket": "--socket désigne un osqueryd, et --engine {engine} demande un autre moteur",
    "engine.table_elsewhere": "osquery n’a {table} que sur {systems}.",
    "engine.table_embedded": (
        "Le moteur intégré a {table}, une table de Rempart ; osquery la reçoit de `rempart-agent extension`."
    ),
    "engine.table_late": "{table} n’a pas répondu en {seconds} s",
    "engine.table_linux": "{table} est une table de Rempart pour Linux seulement.",
    "engine.table_near": "Ni Rempart ni osquery n’a de table de ce nom ; vouliez-vous dire {names} ?",
    "engine.table_nowhere": "Ni Rempart ni osquery n’a de table de ce nom.",
    "engine.table_osquery": (
        "osquery a {table} sur ce système : utilisez un osquery réel avec --engine osqueryd ou --engine osqueryi."
    ),
    "engine.too_many_rows": "plus de {count} lignes",
    "engine.wire_invalid": "réponse non valide : {error}",
    "engine.wire_kind": "réponse invalide : message de type {kind}",
    "engine.wire_list": "réponse invalide : liste de type {kind}",
    "engine.wire_more": "réponse invalide : plus de données que demandé",
    "engine.wire_no_rows": "réponse sans lignes",
    "engine.wire_no_status": "réponse sans statut",
    "engine.wire_osquery": "erreur signalée par osquery : {error}",
    "engine.wire_other": "réponse invalide : elle appartient à {name} numéro {number}, {expected} attendu",
    "engine.wire_rows": "{count:ligne|lignes}",
    "engine.wire_text_size": "un texte de {count:octet|octets}",
    "engine.within": "{what} en {seconds} s",
    "engine.worker_ended": "le processus de lecture s’est arrêté",
    "engine.worker_ended_at": "le processus de lecture s’est arrêté en lisant {table}",
}
