"""What is said of the documents that installed agents deliver."""

TEXTS = {
    "delivery.age": "le dernier document de l’agent date d’il y a {span}",
    "delivery.days": "{days} j {hours} h",
    "delivery.dropped": (
        "{count} documents antérieurs ont été perdus avant d’être pris : la file d’attente était pleine"
    ),
    "delivery.future": "il est daté du {time}, dans le futur : l’horloge de la machine est fausse",
    "delivery.hours": "{hours} h {minutes} min",
    "delivery.minutes": "{minutes} min",
    "delivery.none": "aucun document n’y attend",
    "delivery.not_believed": "le dernier document de son agent n’est pas cru : {why}",
    "delivery.old": "son document le plus récent est plus ancien que son document {number}, déjà pris : c’est un rejeu",
    "delivery.other_checks": (
        "l’agent (Rempart {version}, profil {profile}) juge avec d’autres vérifications ou valeurs que ce "
        "contrôleur : le playbook install_agent.yml le met à jour"
    ),
    "delivery.other_key": "il est signé d’une autre clé ({key})",
    "delivery.other_machine": "il vient d’une autre machine",
    "delivery.refused": "un document est refusé : {error}",
    "delivery.refused_one": "le document {number} est refusé : {why}",
    "delivery.replayed": "son numéro ne dépasse pas celui du dernier enregistré : il a été rejoué",
    "delivery.silent": "son agent ne dit rien : {why}",
}
