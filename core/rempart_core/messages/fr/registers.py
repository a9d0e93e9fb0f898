"""Textes du domaine registers : ce qui ne va pas dans un fichier de lignes."""

TEXTS = {
    "registers.absent": "ce fichier n’existe pas",
    "registers.ambiguous": "{text} peut vouloir dire {first} ou {second} : écrivez la date voulue",
    "registers.before": "{name} : {date} précède {other}, {first}",
    "registers.by_whom": "dites avec --by qui confirme la liste : organisation.yaml ne le dit pas",
    "registers.cannot_edit": (
        "{file} est écrit d’une manière qui ne permet pas de le modifier sans toucher au reste : modifiez-le à la main"
    ),
    "registers.cells": "{found:cellule|cellules}, alors que la première ligne nomme {expected:colonne|colonnes}",
    "registers.changed": (
        "le fichier {file} n’est pas celui dont l’empreinte est inscrite : s’il a été remplacé volontairement, lancez "
        "`rempart registers pin --changed`"
    ),
    "registers.changed_meanwhile": "quelqu’un l’a modifié entre-temps : {file} reste tel quel ; recommencez",
    "registers.changes": "il change pendant la lecture",
    "registers.character": "le caractère U+{code} n’est pas permis dans un fichier de texte",
    "registers.column_twice": "la colonne {name} est nommée deux fois",
    "registers.conflict": ("un marqueur de conflit git : terminez la fusion, puis supprimez le marqueur"),
    "registers.date_as": "{text} n’est pas une date : écrivez {date}",
    "registers.empty": "la liste est vide, ce qui n’est pas une réponse ici : ajoutez une entrée ou supprimez-la",
    "registers.ending": "il n’est pas lu : enregistrez-le sous {name}.yaml, ou sous {name}.csv en UTF-8",
    "registers.evidence": "preuve {file} : {told}",
    "registers.evidence_key": "clé inconnue {key} : une preuve a file et sha256",
    "registers.future": "{name} : {date} n’est pas encore arrivé",
    "registers.head_twice": "l’en-tête de {name} se trouve dans {name}.yaml : supprimez-le ici",
    "registers.headcount": (
        "le registre des personnes et l’effectif ne concordent pas : {count:personne a|personnes ont} une date d’accès "
        "dans le registre, organisation.yaml en compte {headcount} au {date}"
    ),
    "registers.headcount_old": "l’effectif date du {date}. Il est trop ancien : recomptez",
    "registers.impossible": "{text} n’existe pas dans le calendrier",
    "registers.key_twice": "{key} figure aussi à la ligne {line}",
    "registers.long": "plus de {count:caractère|caractères}",
    "registers.missing": "la colonne « {name} » manque",
    "registers.more_than": "{name} : {count} dépasse {most} ({other})",
    "registers.nested": "la colonne {key} prend un seul texte, ni liste ni clés",
    "registers.no_choice": "trouvé : {text}{hint}",
    "registers.no_column": "colonne inconnue {name}{hint}",
    "registers.no_column_name": "une colonne n’a pas de nom",
    "registers.no_count": "{text} n’est pas un nombre entier : écrivez les chiffres seuls, comme 1500",
    "registers.no_csv": "ce n’est pas du CSV : {error}",
    "registers.no_date": "{text} n’est pas une date : écrivez AAAA-MM-JJ, comme 2026-12-31",
    "registers.no_entries": "la liste manque : écrivez « entries: », ou « entries: [] » si elle est vide",
    "registers.no_evidence": (
        "rien ne le prouve : nommez un fichier (evidence) ou ce qui se trouve ailleurs (reference)"
    ),
    "registers.no_flag": "{text} n’est ni oui ni non : écrivez true ou false",
    "registers.no_head": (
        "l’en-tête manque : « as_of: 2026-12-31 » et « by: p-003 » disent quand et par qui la liste a été confirmée"
    ),
    "registers.no_head_csv": "son en-tête manque : écrivez {name} avec as_of et by dans registers.yaml",
    "registers.no_head_key": "clé inconnue {name} dans l’en-tête{hint}",
    "registers.no_head_value": "il manque « {name} » dans l’en-tête",
    "registers.no_id": "{text} n’est pas un identifiant : écrivez des lettres, des chiffres et . _ - sans espace",
    "registers.no_list": "une liste d’entrées est attendue",
    "registers.no_offset": "{text} n’a pas de décalage par rapport à UTC : écrivez {example}",
    "registers.no_path": "{text} n’est pas le chemin d’un fichier",
    "registers.no_person": "personne dans le registre n’a l’identifiant {id}{hint}",
    "registers.no_plain_file": "ce n’est pas un fichier ordinaire",
    "registers.no_pseudonym": (
        "{text} n’est pas un pseudonyme : écrivez un identifiant comme p-017, jamais un nom ni une adresse"
    ),
    "registers.no_register": "aucun registre ne porte le nom {name}{hint}",
    "registers.no_roster": (
        "il n’y a pas encore de registre des personnes : écrivez organisation.yaml, puis `rempart registers add people "
        "DIR --id p-001 …`"
    ),
    "registers.no_row": "une entrée avec des clés et des valeurs est attendue",
    "registers.no_sha256": "{text} n’est pas une empreinte SHA-256 : retirez-la et lancez `rempart registers pin`",
    "registers.no_time": "{text} n’est pas une heure : écrivez 2026-12-31T18:00+01:00",
    "registers.no_utf8": "ce n’est pas de l’UTF-8 : convertissez-le avec `{command}`",
    "registers.nothing_in_it": "il est vide et ne prouve rien",
    "registers.outdated": ("personne n’a confirmé la liste depuis le {date} : relisez-la et renouvelez as_of"),
    "registers.no_team": "personne dans l’effectif n’appartient à l’équipe {team}",
    "registers.outside": "il se trouve hors du dossier des registres",
    "registers.quote_inside": "un guillemet dans une cellule doit être doublé",
    "registers.see_list": " : `rempart registers add --help` donne la liste",
    "registers.single": "organisation.yaml n’a pas d’entrées : ses colonnes se trouvent à côté de as_of et by",
    "registers.there_already": "{name} a déjà une entrée {key}",
    "registers.too_large": "il dépasse {size} Mio",
    "registers.two_files": "{first} et {second} contiennent le même registre : n’en gardez qu’un",
    "registers.unpinned": "le fichier {file} n’a pas d’empreinte : lancez `rempart registers pin`",
}
