"""Texts of the area checkfile: checks, their sentences, steps and cases."""

TEXTS = {
    "checkfile.area": "le dossier d’un domaine se nomme en minuscules, chiffres et traits d’union",
    "checkfile.backticks": "écrivez-la sans les accents graves autour",
    "checkfile.brace": "une accolade sans emplacement : {text}",
    "checkfile.breaks": "{found} n’est pas une règle : attendu SCHÉMA:RÈGLE, par exemple ssg:no_empty_passwords",
    "checkfile.breaks_nothing": "seul un cas en échec enfreint une règle",
    "checkfile.case_name": "{name} est déjà le nom d’un autre cas",
    "checkfile.case_platform": "{check} n’a pas de bloc pour {platform}",
    "checkfile.cell_flag": "une cellule est un texte, un nombre entier ou null : écrivez 1 ou 0",
    "checkfile.cell_large": "{value} dépasse ce que contient une colonne",
    "checkfile.cell_list": "une cellule est un texte, un nombre entier ou null, trouvé : une liste",
    "checkfile.command_alone": "une commande est seule : écrivez ses mots dans une étape avant ou après elle",
    "checkfile.command_character": (
        "{character} n’est pas un caractère de commande : les mots forment leur propre étape"
    ),
    "checkfile.family": "{platform} n’a pas de familles : retirez cette clé",
    "checkfile.file_name": (
        "le fichier de {id} se nomme {prefix}-<slug>.yaml, le slug en minuscules, chiffres et traits d’union "
        "; celui-ci se nomme {file}"
    ),
    "checkfile.id_taken": "l’identifiant {id} est déjà pris par {where}",
    "checkfile.lines_differ": (
        "{en:ligne|lignes} en anglais et {fr} en français : écrivez chacune dans les deux langues"
    ),
    "checkfile.moment_far": "{text} est trop éloigné : 100 ans au plus",
    "checkfile.no_block": "bloc attendu pour au moins l’un de {platforms}",
    "checkfile.no_empty": "{platform} : aucun cas n’a de tables vides ({example})",
    "checkfile.no_fail": "{platform} : aucun cas en échec",
    "checkfile.no_id": "{id} n’est pas un identifiant : capitales, trait d’union et nombre attendus, comme DSK-01",
    "checkfile.no_moment": "{text} n’est pas un instant : écrivez @now, @now-3d, @now+2h ou @date-3d (s, m, h, d)",
    "checkfile.no_pass": "{platform} : aucun cas réussi",
    "checkfile.no_role": "la clé « role » manque : disruption {disruption} demande le rôle qui fait le changement",
    "checkfile.no_sentence": (
        "il n’y en a aucune : si la vérification ne montre que des données, écrivez sentences: none"
    ),
    "checkfile.no_steps": "pas d’étapes pour {platform}, où la vérification s’exécute",
    "checkfile.no_steps_linux": "pas d’étapes pour {families} : écrivez-les, ou linux pour tous ceux qui n’en ont pas",
    "checkfile.none": "ne contient aucune vérification : leur place est <area>/<id>-<slug>.yaml",
    "checkfile.not_asked_on": "la vérification ne s’exécute pas sur {platform}",
    "checkfile.not_settled": "{text} n’est pas certain : confirmez l’exigence ou retirez-la",
    "checkfile.one_of_both": "« not_examined » dit déjà ce qui n’est pas examiné : gardez l’un des deux",
    "checkfile.organisation_alone": (
        "une vérification d’organisation a la plateforme et le rôle organisation, et aucun autre"
    ),
    "checkfile.places_differ": "l’anglais et le français n’ont pas les mêmes emplacements : {places}",
    "checkfile.role_name": "{name} n’est pas un nom de rôle : minuscules, chiffres et _",
    "checkfile.sentence_id": "{id} n’est pas un identifiant : minuscules, chiffres et _",
    "checkfile.sentence_number": ":{name} n’est pas un nombre entier : aucun mot ne s’accorde avec lui",
    "checkfile.sentence_rows": ":{name} contient des lignes, qui n’ont pas de place dans une phrase",
    "checkfile.step_long": "{count} caractères, {most} au plus : faites-en deux étapes",
    "checkfile.steps_or_manual": (
        "« steps » attendu, ou « manual » avec un texte pour tous les systèmes, et pas les deux"
    ),
    "checkfile.stray": "la place d’une vérification est le dossier de son domaine : {directory}/<area>/{name}",
    "checkfile.successor": "identifiant d’une autre vérification attendu, trouvé : {found}",
    "checkfile.table_name": "{name} n’est pas un nom de table",
    "checkfile.too_deep": "est trop profond : les vérifications sont dans {path}",
    "checkfile.too_many_lines": "{count} lignes sont trop : {most} au plus",
    "checkfile.unused": "aucune instruction n’utilise :{name} : retirez le paramètre, ou utilisez-le",
}
