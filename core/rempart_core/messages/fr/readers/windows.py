"""What readers say of windows, in French."""

TEXTS = {
    "HKEY_LOCAL_MACHINE\\{parts}: it is not on the disk of the system": (
        "HKEY_LOCAL_MACHINE\\{parts} : ce n’est pas sur le disque du système"
    ),
    "LanmanServer: how it starts is not told": "LanmanServer : son type de démarrage n’est pas indiqué",
    "ProductOptions: whether this is a domain controller is not told ({product})": (
        "ProductOptions : rien n’indique si c’est un contrôleur de domaine ({product})"
    ),
    "SAM: a text of {what} is cut off": "SAM : un texte est tronqué ({what})",
    "SAM: account {number} has no name": "SAM : le compte {number} n’a pas de nom",
    "SAM: an age of the password policy lies ahead": (
        "SAM : une durée de la stratégie de mot de passe a le mauvais signe"
    ),
    "SAM: group {listed} has members and no record": (
        "SAM : le groupe {listed} a des membres, mais pas d’enregistrement"
    ),
    "SAM: more than {most} members of groups": "SAM : plus de {most} membres de groupes",
    "SAM: more than {most} records in {name}": "SAM : plus de {most} enregistrements dans {name}",
    "SAM: the groups of {name} can't be understood": "SAM : les groupes de {name} sont illisibles",
    "SAM: the name {name} leads to account {number}, which has another": (
        "SAM : le nom {name} mène au compte {number}, qui porte un autre nom"
    ),
    "SAM: the name {name} leads to no account": "SAM : le nom {name} ne mène à aucun compte",
    "SAM: the password policy is cut off": "SAM : la stratégie de mot de passe est tronquée",
    "SAM: the record of account {number} is cut off": "SAM : l’enregistrement du compte {number} est tronqué",
    "SAM: the record of account {number} says that it is account {own}": (
        "SAM : l’enregistrement du compte {number} se dit celui du compte {own}"
    ),
    "SAM: the record of {what} is cut off": "SAM : un enregistrement est tronqué ({what})",
    "SAM: the record of {what} points outside itself": "SAM : un enregistrement renvoie hors de lui-même ({what})",
    "SAM: the record of {what} says that it is group {own}": (
        "SAM : un enregistrement se dit celui du groupe {own} ({what})"
    ),
    "SAM: there is no account {number}": "SAM : il n’y a pas de compte {number}",
    "SAM: two accounts have the name {name}": "SAM : deux comptes portent le nom {name}",
    "SAM: {found} is not the identifier of a machine": "SAM : {found} n’est pas l’identificateur d’une machine",
    "SAM: {key} is not the key of a group": "SAM : {key} n’est pas la clé d’un groupe",
    "SAM: {key} is not the key of an account": "SAM : {key} n’est pas la clé d’un compte",
    "SAM: {name} has no key {name_2}": "SAM : {name} n’a pas de clé {name_2}",
    "SAM: {name} has no value {name_2}": "SAM : {name} n’a pas de valeur {name_2}",
    "SAM: {what} has {count} members and tells of {count_2}": (
        "SAM : nombre de membres incohérent ({what}) : {count} trouvés, {count_2} annoncés"
    ),
    "Windows was put to sleep (hiberfil.sys), not shut down: shut it down with shutdown /s /f": (
        "Windows a été mis en veille (hiberfil.sys), pas arrêté : arrêtez-le avec shutdown /s /f"
    ),
    "a security identifier is cut off": "un identificateur de sécurité (SID) est tronqué",
    "keys more than {max_depth} levels below one another": "des clés imbriquées sur plus de {max_depth} niveaux",
    "more than {max_certificates} certificates": "plus de {max_certificates} certificats",
    "more than {max_keys} keys": "plus de {max_keys} clés",
    "more than {most} security identifiers": "plus de {most} identificateurs de sécurité (SID)",
    "no security identifier": "ce n’est pas un identificateur de sécurité (SID)",
    "no user has a profile on the disk, and so none has settings of his own": (
        "aucun utilisateur n’a de profil sur le disque, donc aucun n’a de réglages personnels"
    ),
    "of files, {asked} is not read from a disk": "pour les fichiers, {asked} n’est pas lu sur un disque",
    "stores of users and services are not read from a disk": (
        "les magasins des utilisateurs et des services ne sont pas lus sur un disque"
    ),
    "the accounts of a domain controller are in its directory": (
        "les comptes d’un contrôleur de domaine sont dans son annuaire"
    ),
    "the profile of {name} is on another drive: {path}": "le profil de {name} est sur un autre lecteur : {path}",
    "the profile of {sid} is not on the drive of the system: {folder}": (
        "le profil de {sid} n’est pas sur le lecteur du système : {folder}"
    ),
    "the registry does not say which Windows it is": "le registre n’indique pas de quel Windows il s’agit",
    "the registry does not say which version of Windows it is": "le registre n’indique pas la version de Windows",
    "the registry has no services": "le registre n’a pas de services",
    "the service {name}: how it starts is not known": "le service {name} : type de démarrage inconnu",
    "the service {name}: {name_2} is no number": "le service {name} : {name_2} n’est pas un nombre",
    "the share {name} can't be understood": "le partage {name} est illisible",
    "the share {name} has no path": "le partage {name} n’a pas de chemin",
    "the share {name} has no {field} that is a number": "le partage {name} n’a pas de nombre dans {field}",
    "the stored certificate {name} has no content": "le certificat enregistré {name} n’a pas de contenu",
    "the system of Windows is not in the folder Windows: {system_root}": (
        "le système Windows n’est pas dans le dossier Windows : {system_root}"
    ),
    "whether services run ({asked})": "l’état d’exécution des services ({asked}) n’est pas lu sur un disque",
    "{asked}: it leads to another volume": "{asked} : mène à un autre volume",
    "{domains}{name}: does not exist": "{domains}{name} : n’existe pas",
    "{file}: it does not say which control set is the current one": (
        "{file} : le jeu de contrôles actuel n’est pas indiqué"
    ),
    "{file}: the next start takes another control set than the last one (Select)": (
        "{file} : le prochain démarrage utilisera un autre jeu de contrôles que le dernier (Select)"
    ),
    "{file}: {control}, which is the current one, is not there": (
        "{file} : {control}, le jeu de contrôles actuel, est absent"
    ),
    "{file}: {why}": "{file} : {why}",
    "{name}: it was not written out whole, and no log of its changes can be applied": (
        "{name} : écriture incomplète, et aucun journal de ses modifications ne peut être appliqué"
    ),
    "{name}: larger than {max_size} MiB": "{name} : plus de {max_size} Mio",
    "{name}: not a hive of the registry, or its header is damaged": (
        "{name} : ce n’est pas une ruche du registre, ou son en-tête est endommagé"
    ),
    "{name}: the log of its changes can't be understood": "{name} : le journal de ses modifications est illisible",
    "{name}: the log of its changes is cut off": "{name} : le journal de ses modifications est tronqué",
    "{name}: the logs of its changes do not follow one another": (
        "{name} : les journaux de ses modifications ne se suivent pas"
    ),
    "{name}: {end} bytes of keys are cut off at {value}": "{name} : {end} octets de clés sont tronqués à {value}",
    "{path}: it is on another machine": "{path} : sur une autre machine",
    "{path}: keys that stand for one another": "{path} : des clés renvoient l’une à l’autre",
    "{path}: not a path": "{path} : ce n’est pas un chemin",
    "{path}: not a path with a drive": "{path} : ce n’est pas un chemin avec une lettre de lecteur",
    "{path}: which volume is {drive} is not told": "{path} : rien n’indique quel volume est {drive}",
    "{path}: {name} is a number of {count} bytes": "{path} : {name} est un nombre de {count} octets",
    "{path}: {name} stands for another key, and does not say which": (
        "{path} : {name} renvoie à une autre clé, sans dire laquelle"
    ),
    "{profiles}: does not exist": "{profiles} : n’existe pas",
    "{top}: only a running system has it": "{top} : n’existe que sur un système en marche",
    "{unknown}: is not read from a disk": "{unknown} : n’est pas lu sur un disque",
    "{value} holds the secrets of accounts, which are not shown": (
        "{value} contient les secrets des comptes, qui ne sont pas affichés"
    ),
}
