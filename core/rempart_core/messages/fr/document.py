"""Texts of the area document."""

TEXTS = {
    "document.at_line": "{path} : ligne {number} : {error}",
    "document.counts": "le document d’audit se contredit : ses totaux diffèrent de ses résultats",
    "document.failure_kind": "le document d’audit est endommagé : type d’échec inconnu « {kind} »",
    "document.in_file": "{path} : {error}",
    "document.key_twice": "une clé figure deux fois dans un objet",
    "document.member": "le document d’audit est endommagé : {place}.{name} ne peut pas être « {text} »",
    "document.missing": "le document d’audit est endommagé : {place} manque",
    "document.negative": "le document d’audit est endommagé : {place}.{name} est négatif",
    "document.no_json": "ce n’est pas un document d’audit, ou seulement une partie : JSON invalide ({error})",
    "document.no_json_at": (
        "ce n’est pas un document d’audit, ou seulement une partie : JSON invalide ligne {line}, colonne {column}"
    ),
    "document.no_number": "{word} n’est pas un nombre",
    "document.no_schema": 'ce n’est pas un document d’audit : "schema" n’est pas « {known} »',
    "document.other_schema": "le document d’audit a le schéma « {schema} » ; cette version lit « {known} »",
    "document.rows": "le document d’audit se contredit : il contient plus de lignes qu’il n’en compte",
    "document.texts": "le document d’audit est endommagé : {place}.{name} ne doit contenir que des textes",
    "document.time": "le document d’audit est endommagé : {name} n’est pas une durée possible",
    "document.too_large": "le document d’audit dépasse {size} Mio",
    "document.twice": "le document d’audit contient deux résultats pour {check}",
    "document.value": "le document d’audit est endommagé : {place}.{name} n’est pas une valeur de paramètre",
    "document.wrong_kind": "le document d’audit est endommagé : {place} n’est pas de type {what}",
}
