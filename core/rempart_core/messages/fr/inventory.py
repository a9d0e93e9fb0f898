"""Texts of the area inventory."""

TEXTS = {
    "inventory.ansible_warns": "Ansible : « {said} »",
    "inventory.deadline": "l’inventaire n’a pas été lu en {seconds} s",
    "inventory.deadline_said": "l’inventaire n’a pas été lu en {seconds} s ; dernière sortie : « {said} »",
    "inventory.empty": "l’inventaire ne contient aucune machine",
    "inventory.missing": "l’inventaire {source} n’existe pas",
    "inventory.no_match": "l’inventaire ne contient aucune machine qui correspond à « {limit} »{hint}",
    "inventory.not_given": "-i INVENTAIRE manque : il nomme les machines",
    "inventory.not_given_changes": (
        "-i INVENTAIRE manque : il nomme les machines ; `rempart rollback` liste les changements faits d’ici"
    ),
    "inventory.not_given_query": "-i INVENTAIRE manque ; utilisez `rempart-agent query` pour cette machine",
    "inventory.not_given_resume": (
        "-i INVENTAIRE manque : ce changement n’est pas consigné ici, il faut donc nommer les machines"
    ),
    "inventory.open": (
        "{path} : d’autres utilisateurs peuvent y écrire, et un inventaire peut lancer des programmes ; faites "
        "chmod go-w"
    ),
    "inventory.other_owner": "{path} : appartient à un autre utilisateur, et un inventaire peut lancer des programmes",
    "inventory.twice": (
        "deux machines de l’inventaire s’appellent {name}, à {places} : seule la dernière est interrogée"
    ),
    "inventory.unreadable": "impossible de lire l’inventaire ; Ansible : « {words} »",
    "inventory.unreadable_silent": "impossible de lire l’inventaire, et Ansible ne dit pas pourquoi",
    "inventory.windows": (
        "auditer un parc demande Linux ou macOS : Ansible, qui lit les inventaires, ne fonctionne pas sous Windows"
    ),
}
