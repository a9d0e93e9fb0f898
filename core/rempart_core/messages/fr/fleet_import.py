"""Textes du domaine fleet_import : les politiques de Fleet qui deviennent des vérifications."""

TEXTS = {
    "fleet_import.as_it_is": (
        "Tout ce que la requête de la politique ne demande pas : elle est reprise telle quelle, sans relecture."
    ),
    "fleet_import.changed": (
        "la politique a changé depuis son import comme {id} : la vérification est conservée ; supprimez-la pour "
        "réimporter"
    ),
    "fleet_import.done": (
        "{count:vérification importée|vérifications importées}, {kept} inchangées, {left} laissées de côté"
    ),
    "fleet_import.lacks": "il manque {key} à la politique",
    "fleet_import.left_out": "laissé de côté :",
    "fleet_import.met": "la requête de la politique a rendu une ligne",
    "fleet_import.name": "une autre politique porte le même nom et demande autre chose : {place}",
    "fleet_import.nested": "une liste de politiques nomme un autre fichier ; Fleet ne le suit pas non plus",
    "fleet_import.no": "échoue",
    "fleet_import.no_example": (
        "aucune ligne trouvée pour laquelle la politique {answer} : soit cela n’arrive jamais, soit ses cas de test "
        "sont à écrire à la main"
    ),
    "fleet_import.no_file": "il n’y a pas de fichier {path}",
    "fleet_import.no_list": "le fichier ne contient pas de liste de politiques",
    "fleet_import.no_policy": "ce n’est pas une politique : des clés comme name et query sont attendues",
    "fleet_import.no_table": "la requête n’interroge aucune table : sa réponse serait toujours la même",
    "fleet_import.no_yaml": "le fichier n’est pas du YAML : {why}",
    "fleet_import.none": "{folder} ne contient aucune politique de Fleet",
    "fleet_import.nothing_seen": "les tables interrogées par la politique n’ont pas de lignes : rien n’a été examiné",
    "fleet_import.on": "{platform} : {why}",
    "fleet_import.outside": "{path} sort du dossier importé",
    "fleet_import.patch": "une politique de type patch n’a pas de requête : Fleet la déduit d’une application",
    "fleet_import.platform": "Rempart n’a pas de vérifications pour cette plateforme",
    "fleet_import.rationale": "La politique ne dit pas pourquoi elle compte.",
    "fleet_import.resolution": "La politique ne dit pas comment corriger une non-conformité.",
    "fleet_import.several": "la politique contient plusieurs requêtes",
    "fleet_import.too_deep": "le fichier est trop imbriqué",
    "fleet_import.too_many": "il ne reste pas d’identifiant : un domaine en compte {most}",
    "fleet_import.twice": "la clé {key} est présente deux fois",
    "fleet_import.unmet": "la requête de la politique n’a rendu aucune ligne",
    "fleet_import.unseen": "Les lignes derrière la réponse : une politique dit oui ou non, sans preuve.",
    "fleet_import.variable": "la requête a besoin de la valeur de la variable d’environnement {name}",
    "fleet_import.yes": "réussit",
}
