"""Texts of the area content."""

TEXTS = {
    "content.a_list": "une liste",
    "content.a_text": "un texte",
    "content.alias": "l’alias *{name} n’est pas permis ici : écrivez la valeur",
    "content.all_and_roles": "cela prend toutes les vérifications, donc roles est sans effet : retirez l’un des deux",
    "content.ambiguous": 'les lecteurs YAML divergent sur {value} sans guillemets : écrivez "{text}"',
    "content.anchor": "l’ancre &{name} n’est pas permise ici : retirez-la",
    "content.both_languages": "les deux langues sont attendues, « {example} », trouvé : {found}",
    "content.bracket_open": (
        "le crochet ouvert à la ligne {line}, colonne {column} n’est pas fermé, ou une virgule manque, avant ceci"
    ),
    "content.byte_order": "commence par une marque d’ordre d’octets : enregistrez-le en UTF-8 sans elle",
    "content.character": "le caractère U+{code} n’est pas permis dans un fichier YAML",
    "content.choice": "trouvé : {found} ; écrivez l’un de : {known}",
    "content.choice_and_part": "un choix est une réponse entière : pour une réponse en partie, retirez choice",
    "content.choice_near": "trouvé : {found}{hint}",
    "content.circle": "{circle} tourne en rond",
    "content.colon": "pas de « : » ici : mettez le texte entre guillemets, ou corrigez l’indentation",
    "content.controls": "référentiel et motifs de ses exigences attendus, comme {example}",
    "content.data_name": "un fichier de données se nomme en minuscules et chiffres, avec des traits d’union",
    "content.date_far": "{text} dépasse tout calendrier : une dérogation a une fin",
    "content.empty": "est vide",
    "content.empty_list": "la liste est vide",
    "content.empty_text": "le texte est vide",
    "content.excluded": "{check} est écartée par exclude : ceci est sans effet",
    "content.expected_date": "date attendue",
    "content.expected_entries": "clés et valeurs attendues, trouvé : {found}",
    "content.expected_keys": "clés attendues ({known}), trouvé : {found}",
    "content.expected_list": "liste attendue, trouvé : {found}",
    "content.expected_list_as": "liste attendue, trouvé : {found} ; écrivez [{text}]",
    "content.expected_root": "clés et valeurs attendues (« clé: valeur »), trouvé : {found}",
    "content.expected_text": "texte attendu, trouvé : {found}",
    "content.fix_check": "identifiant de vérification attendu, comme RMT-01",
    "content.fix_manual": "ce qui est laissé aux personnes ne touche à rien : `manual` seul attendu",
    "content.fix_touches": (
        "{keys} : sous Linux, un correctif déclare ce qu’il touche à rempart_fix, qui l’enregistre "
        "(docs/write-a-fix.md)"
    ),
    "content.flag": "true ou false attendu, trouvé : {found}",
    "content.foreign_profiles": "attendu : un objet JSON, du nom de profil à une liste de règles",
    "content.foreign_rules": "attendu : une liste de règles",
    "content.framework_name": (
        "un référentiel se nomme en minuscules et chiffres, avec des traits d’union et des points"
    ),
    "content.indent": (
        "clé attendue, indentée comme ses voisines : corrigez l’indentation ou les guillemets qui précèdent"
    ),
    "content.invisible": "le caractère invisible U+{code} n’est pas permis ici",
    "content.json_colon": "un deux-points manque",
    "content.json_comma": "une virgule manque",
    "content.json_more": "il y a encore du texte après la fin",
    "content.json_name": "il manque un nom entre guillemets droits doubles",
    "content.json_string": "une chaîne n’est pas fermée",
    "content.json_value": "une valeur manque",
    "content.key_text": "une clé doit être un texte",
    "content.key_twice": "la clé {key} figure aussi à la ligne {line}",
    "content.keys": "des clés",
    "content.list_unused": (
        "aucun paramètre ne prend cette liste : écrivez data: {name} dans l’un d’eux, ou supprimez le fichier"
    ),
    "content.list_value": "{error} ; c’est ce que demande {parameter} de {file}",
    "content.lists": "{lists} donne des lignes de nom et de date : {error}",
    "content.missing_key": "la clé « {name} » manque",
    "content.more": "il y a d’autres erreurs, omises ici",
    "content.name_taken": "le nom {name} est déjà pris par {file}",
    "content.no_bound": "attendu : l’un de {known}",
    "content.no_check": "aucune vérification n’a l’identifiant {id}{hint}",
    "content.no_colon": "« clé: valeur » attendu, trouvé : une ligne sans « : »",
    "content.no_control": "aucune mesure organisationnelle n’a l’identifiant {id}{hint}",
    "content.no_data_file": "il n’y a pas de fichier de données {name}{hint}",
    "content.no_date": (
        "{text} n’est pas une date : écrivez AAAA-MM-JJ, comme 2026-12-31, ou une heure complète avec son décalage, "
        "comme 2026-12-31T18:00:00+01:00"
    ),
    "content.no_day": '{text} n’est pas une date : écrivez "AAAA-MM-JJ", comme "2026-12-31"',
    "content.no_json": "JSON invalide : {error}",
    "content.no_match": "aucune vérification ne correspond à {glob}{hint}",
    "content.no_match_of": (
        "aucune vérification ne contribue à une exigence de {framework} qui corresponde à {glob}{hint}"
    ),
    "content.no_parameter": "{check} n’a pas de paramètre {name}{hint}",
    "content.no_profile": "il n’y a pas de profil {name}{hint}",
    "content.no_rules": "ne nomme aucune règle",
    "content.no_such_date": "la date {text} n’existe pas : {error}",
    "content.no_utf8": "l’octet 0x{byte} n’est pas de l’UTF-8 : enregistrez le fichier en UTF-8",
    "content.no_value": "valeur attendue, trouvé : des clés",
    "content.no_yaml": "n’est pas du YAML valide : « {error} »",
    "content.no_yaml_here": "n’est pas du YAML valide ici : « {error} »",
    "content.no_zone": "il n’y a pas de fuseau {name}{hint}",
    "content.no_zones": (
        "{name} est introuvable : cette machine n’a pas de données de fuseaux : installez tzdata, ou écrivez UTC, ou "
        "une heure complète avec son décalage"
    ),
    "content.not_installed": (
        "les vérifications de Rempart ne sont pas installées : réinstallez-le, ou nommez-en avec --checks-dir"
    ),
    "content.not_regular": "n’est pas un fichier ordinaire",
    "content.not_selected": "le profil ne sélectionne pas {check} : ceci est sans effet",
    "content.nothing": "rien",
    "content.nul": "un texte ne peut contenir ni NUL ni moitié de paire de substitution",
    "content.one_line": "une seule ligne attendue",
    "content.only": "l’un de ceux-ci est attendu : {keys}",
    "content.plain_begin": "un texte sans guillemets ne peut pas commencer par {character} : mettez des guillemets",
    "content.profile_name": "un profil se nomme en minuscules et chiffres, avec des traits d’union et des points",
    "content.quote_open": "le guillemet ouvert ici n’est jamais fermé",
    "content.rename": "nommez-le {name}.yaml",
    "content.rule_name": (
        "{name} n’est pas un nom de règle : attendu des lettres, des chiffres et _ . + -, 120 au plus"
    ),
    "content.second_document": "un second document commence : un fichier n’en contient qu’un",
    "content.selects_nothing": "ne sélectionne rien : l’un de ceux-ci est attendu : extends, {keys}",
    "content.tab": "pas de tabulation ici : indentez avec des espaces",
    "content.tag": "la balise {tag} n’est pas permise ici : retirez-la",
    "content.text_is_number": 'texte attendu, trouvé le nombre {text} : écrivez "{text}"',
    "content.text_is_word": 'texte attendu, trouvé le mot {text} : écrivez "{text}"',
    "content.text_twice": "{text} y figure deux fois",
    "content.the_text": "le texte {text}",
    "content.too_deep": "est imbriqué sur plus de {count:niveau|niveaux}",
    "content.too_large": "fait plus de {size} Kio : trop pour un fichier de contenu",
    "content.too_small": "{value} est trop petit : au moins {least}",
    "content.unknown_key": "clé inconnue {key}{hint}",
    "content.unreadable": "illisible : {error}",
    "content.waiver_days": "{days} dépasse {most}, le maximum de tout profil",
    "content.waiver_ends_before": "elle précède start : la dérogation ne vaut jamais",
    "content.waiver_items": "la liste est vide : nommez ce qui est accepté, ou retirez la clé pour tout accepter",
    "content.waiver_long": (
        "la dérogation de {check} finit dans {days:jour|jours}, et {most} sont permis : donnez-lui une fin plus proche"
    ),
    "content.waiver_twice": "la même dérogation figure déjà à la ligne {line}",
    "content.whole_number": "nombre entier attendu, trouvé : {found}",
    "content.whole_number_digits": "nombre entier attendu, trouvé : {found} ; écrivez des chiffres décimaux",
}
