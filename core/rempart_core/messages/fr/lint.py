"""Texts of the area lint: what is wrong with checks and their cases beyond the form of their files."""

TEXTS = {
    "lint.augeas": (
        "augeas ne répond rien pour les fichiers qu’il ne comprend pas : utilisez rempart_ini, "
        "rempart_fields, rempart_pam …"
    ),
    "lint.breaks_lax": "enfreint {rule} avec des valeurs que la réponse (when) n’admet pas",
    "lint.breaks_more": (
        "enfreint {rule} et met aussi d’autres lignes en échec ({items}) : seules celles qui "
        "correspondent à {pattern} le peuvent"
    ),
    "lint.breaks_other": "enfreint {rule}, règle à laquelle la vérification ne répond pas{hint}",
    "lint.case": "cas {name} : {text}",
    "lint.coalesce": "coalesce autour d’une réponse : l’inconnu doit rester inconnu",
    "lint.column_empty": "la phrase {sentence} cite la colonne {column}, vide dans la ligne de {item}",
    "lint.column_lacks": "la phrase {sentence} cite la colonne {column}, qui manque dans la réponse",
    "lint.column_number": "la phrase {sentence} compte la colonne {column}, qui vaut {text} : pas un nombre entier",
    "lint.either": "{first} ou {last}",
    "lint.final_verdict": "final_verdict : interrogez rempart_firewall_reach, qui suit un paquet",
    "lint.gap": "{check} sur {gap}",
    "lint.incomplete": "incomplete vaut {found}",
    "lint.inner_roster": (
        "{platform} : joint org_people : partez de FROM org_people et joignez le reste par LEFT JOIN, sinon "
        "une personne sans entrée ne donne pas de ligne"
    ),
    "lint.is_not": "`answer IS NOT 1` : l’inconnu passerait ; écrivez `answer = 0`",
    "lint.items": "éléments de {what} : {items}, attendus : {expected}",
    "lint.no_case_of": "aucun cas n’a {what}",
    "lint.no_cases": "{check} n’a pas de cas : écrivez-en au moins un réussi, un en échec et un sans lignes",
    "lint.no_columns": "la réponse n’a pas de colonne {columns}",
    "lint.no_requirement": "n’a pas d’exigence {requirement}{hint}",
    "lint.no_roster": "{platform} : lit {table}, qui porte sur des personnes, et pas org_people : partez de l’effectif",
    "lint.no_rule": "{scheme} n’a pas de règle {rule}{hint}",
    "lint.no_sentence": "{column} nomme {id}, qui n’est pas une phrase{hint}",
    "lint.not_in_schema": "{platform} n’a pas de {name}",
    "lint.orphan": "ces cas n’accompagnent aucune vérification",
    "lint.other_reason": "la raison est {reason}, elle devrait contenir {expected}",
    "lint.other_state": "attendu {expected}, obtenu {state} : {reason}",
    "lint.passes_not_kept": "réussi alors que {table} n’est pas tenu",
    "lint.passes_stale": "réussi sur des résultats trop anciens de {table}",
    "lint.passes_trouble": "réussi malgré un trouble à la ligne {row} de {table} : l’inconnu doit rester inconnu",
    "lint.passes_without": "réussi sans {table} : rien n’a été examiné",
    "lint.said": "la colonne {column} est écrite par le verdict : donnez-lui un autre nom",
    "lint.scope": "{check} ne dit pas ce qu’elle n’examine pas : écrivez not_examined, ou complete avec la raison",
    "lint.unbroken": (
        "réponse entière, mais aucun cas en échec ne l’enfreint : écrivez-en un avec breaks: [{rule}], "
        "ou dites ce qui n’est pas demandé (part)"
    ),
    "lint.unconstrained": (
        "la table {table} est interrogée sans sa colonne obligatoire : contraignez celle-ci par =, IN ou LIKE"
    ),
    "lint.unconstrained_by": (
        "la table {table} est interrogée sans sa colonne obligatoire : contraignez {columns} par =, IN ou LIKE"
    ),
    "lint.unsaid": "aucun cas ne la dit : écrivez-en un, ou retirez-la",
    "lint.unshown": "réponse entière, mais aucun cas conforme n’a de ligne conforme qui corresponde à {pattern}",
    "lint.what_evidence": "une entrée avec trouble: evidence_absent, avec error",
    "lint.what_future": "une entrée avec trouble: future_date, avec error",
    "lint.what_not_kept": "un registre non tenu (error: not_kept), avec not_checked",
    "lint.what_trouble": "une entrée avec un autre trouble, avec error",
}
