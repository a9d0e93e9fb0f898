"""Texts of the area verify: what became of a bundle of signed runs that was verified or exported."""

TEXTS = {
    "verify.at_bundle": "ROMPU : lot",
    "verify.at_link": "ROMPU : maillon {number} ({place})",
    "verify.at_link_alone": "ROMPU : maillon {number}",
    "verify.begins_late": "commence au maillon {first} : les maillons précédents ne sont pas prouvés",
    "verify.exported": "{links:maillon|maillons}, {documents:document|documents} ; tête {head}, clé {key}",
    "verify.fault_line": "  {fault} (ligne {line})",
    "verify.forgotten": "les documents antérieurs au {day} ont été supprimés (--keep) ; leurs maillons sont intacts",
    "verify.head_is": "tête  {head}",
    "verify.held": "  {links:maillon intact|maillons intacts} avant lui, dont {documents} avec document",
    "verify.intact": "INTACT : maillons {first} à {last}, {documents:document|documents}, du {begun} au {ended}",
    "verify.key_is": "clé   {key}",
    "verify.no_head": "Sa fin a pu être coupée : donnez la tête du dernier rapport (--head).",
    "verify.no_key": (
        "Le lot est cohérent en soi, mais son auteur a pu le faire de toutes pièces : donnez chaque clé qui a pu "
        "signer (--key), d’après `rempart export` ou les rapports de l’époque."
    ),
    "verify.not_proven": (
        "NON PROUVÉ : maillons {first} à {last}, {documents:document|documents}, du {begun} au {ended}"
    ),
    "verify.old_form": (
        "{count:maillon sans document|maillons sans document} : un lot de cette ancienne forme ne dit pas pourquoi"
    ),
    "verify.other_keys": (
        "signé aussi avec d’autres clés que la vôtre : {names} ; ne donnez à `verify` que les clés connues"
    ),
    "verify.other_writer": "écrit avec une autre clé : {key}",
    "verify.some_hosts": "seulement les documents de {names}",
}
