"""Texts of the area select."""

TEXTS = {
    "select.assignment": (
        "{text} n’est pas une affectation : écrivez VÉRIFICATION.NOM=VALEUR, par exemple DSK-01.max_age_days=14"
    ),
    "select.baseline": "--baseline {path} : {why}",
    "select.baseline_fleet": (
        "contient {count} cibles, mais une seule est auditée : donnez le document d’un seul passage"
    ),
    "select.baseline_twice": "{path} : contient {name} deux fois : gardez un seul passage par cible",
    "select.empty": "aucune vérification n’est sélectionnée",
    "select.excluded": "le profil {profile} écarte {check} : {reason}",
    "select.no_check_id": "{text} : aucune vérification n’a l’identifiant {id}{hint}",
    "select.no_check_id_given": "paramètres : aucune vérification n’a l’identifiant {id}{hint}",
    "select.no_directory": "--checks-dir {directory} : ce dossier n’existe pas",
    "select.no_match": "aucune vérification ne correspond à {word}{hint}",
    "select.no_parameter": "{text} : {check} n’a pas de paramètre {name}{hint}",
    "select.no_parameter_given": "paramètres : {check} n’a pas de paramètre {name}{hint}",
    "select.no_profile": "il n’y a pas de profil {name}{hint} (disponibles : {names})",
    "select.no_profiles": "il n’y a pas de profil {name} : aucun profil n’est installé",
    "select.nothing_in_profile": "le profil {profile} ne sélectionne aucune vérification",
    "select.nothing_of_these": "le profil {profile} ne sélectionne aucune de ces vérifications",
    "select.of_machines": "{word} s’adresse aux machines, pas à une organisation",
    "select.of_organisation": "{word} s’adresse à une organisation : rempart audit --registers DOSSIER",
    "select.one_shell": "un seul shell à la fois : {first}, ou {second}",
    "select.other_profile": (
        "{check} n’est pas dans le profil {profile} : choisissez-en un autre, par exemple --profile all"
    ),
    "select.replaced": "{check} est remplacé par {new}",
    "select.twice": "{text} : {check}.{name} est donné deux fois",
    "select.value_of": "la valeur de {check}.{name} : {error}",
    "select.wrong_value": "{text} : {error}",
}
