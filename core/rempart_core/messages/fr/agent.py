"""Texts of the area agent."""

TEXTS = {
    "agent.another_key": "il est signé d’une autre clé",
    "agent.controller_asks": "le contrôleur demande une chose que cette version ne connaît pas",
    "agent.document_too_large": "le document d’audit est trop grand : {size} octets, {packed} compressés",
    "agent.hex": (
        "l’identité de machine et la clé ont chacune 64 chiffres hexadécimaux, comme les affiche "
        "`rempart-agent identity`"
    ),
    "agent.identity": ("machine {machine}\nclé     {key}"),
    "agent.known_failed": "les agents connus {path} : {error}",
    "agent.known_line": "NOM ID-MACHINE CLÉ attendus, identifiant et clé en 64 chiffres hexadécimaux chacun",
    "agent.known_open": (
        "les agents connus {path} : d’autres utilisateurs peuvent écrire dans ce fichier, et ainsi ajouter des "
        "agents de confiance"
    ),
    "agent.known_other": (
        "un autre agent est connu pour {name} : machine {machine}, clé {key}. Si vous avez réinstallé la "
        "machine ou son agent : --replace"
    ),
    "agent.listed": ("{name}\n  machine {machine}\n  clé     {key}"),
    "agent.never_ran": "aucun agent n’a tourné ici : {folder} n’existe pas",
    "agent.no_folder": "{path} n’est pas un dossier",
    "agent.no_machine_id": (
        "cette machine n’a pas d’identité, nécessaire à ses documents ; créez-la : systemd-machine-id-setup"
    ),
    "agent.no_signed_document": "ce n’est pas un document signé",
    "agent.no_whole_path": "{path} n’est pas un chemin absolu",
    "agent.none_known": "aucun agent n’est connu",
    "agent.not_a_host": "« {name} » n’est pas un nom de machine",
    "agent.not_signed_document": "son contenu n’est pas ce qui a été signé",
    "agent.number_line": "attendu : KEY NUMBER SHA-256",
    "agent.numbers_failed": "les numéros de documents des agents {path} : {error}",
    "agent.numbers_open": (
        "les numéros de documents des agents {path} : d’autres utilisateurs peuvent écrire dans ce fichier"
    ),
    "agent.numbers_wrong": "les numéros de documents des agents : {faults}",
    "agent.other_header": "son contenu vient d’une autre machine ou d’un autre moment que ne le dit son en-tête",
    "agent.others_file": "appartient à un autre utilisateur, qui déciderait de ce qui est audité : chown root",
    "agent.others_write": "d’autres peuvent y écrire, et décideraient de ce qui est audité : chmod go-w",
    "agent.question": "la question du contrôleur est illisible",
    "agent.run_option": "--{name} affiche les résultats : incompatible avec --config et --folder",
    "agent.run_signed": "le document {number} est signé et attend le contrôleur : {counts}",
    "agent.signature": "sa signature est invalide : il a été modifié après avoir été signé",
    "agent.signed_too_large": "ce n’est pas un document signé : il est trop grand",
    "agent.spool_dropped": (
        "le spool était plein : {count:document plus ancien a été supprimé|documents plus anciens ont été "
        "supprimés} avant qu’un contrôleur les enregistre"
    ),
    "agent.spool_full": "{spool} : un document de {size} octets dépasse la limite du spool",
    "agent.too_large": "{value} est trop grand : {most} au plus",
    "agent.unknown": "aucun agent n’est connu pour {host}{hint}",
    "agent.unpack": "son contenu ne peut pas être décompressé",
    "agent.unpack_large": "son contenu ne peut pas être décompressé, ou est trop grand",
}
