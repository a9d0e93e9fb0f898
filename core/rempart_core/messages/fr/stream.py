"""Texts of the area stream: connections to another process, and who may stand behind one."""

TEXTS = {
    "stream.busy": "{path} : occupé jusqu’à la fin du délai",
    "stream.closed": "l’autre côté a fermé la connexion",
    "stream.deadline": "le délai est écoulé",
    "stream.ended": "il s’est terminé",
    "stream.exit_status": "code de sortie {status}",
    "stream.folder_owner": (
        "{path} : {folder} appartient à l’utilisateur {user}, qui pourrait en mettre un autre à sa place"
    ),
    "stream.folder_write": "{path} : d’autres peuvent écrire dans {folder}, et en mettre un autre à sa place",
    "stream.listener": "{path} : l’utilisateur {user} y écoute, qui n’est ni root ni l’utilisateur courant",
    "stream.no_look": "{path} : l’utilisateur courant n’a pas le droit de le consulter",
    "stream.no_socket": "{path} : pas de socket",
    "stream.not_permitted": "{path} : l’utilisateur courant n’a pas le droit de l’utiliser",
    "stream.others_write": "{path} : d’autres peuvent y écrire (mode {mode})",
    "stream.owner": "{path} : appartient à l’utilisateur {user}, qui n’est ni root ni l’utilisateur courant",
    "stream.path_long": "{path} : plus long que les {most} octets permis au chemin d’un socket",
    "stream.pipe_closed": "le tube est fermé",
    "stream.pipe_owner": (
        "{path} : appartient à {owner}, qui n’est ni le système, ni un administrateur, ni l’utilisateur courant"
    ),
    "stream.takes_no_more": "l’autre côté n’accepte plus de données",
    "stream.unknown_owner": "un propriétaire inconnu",
    "stream.windows": "les tubes nommés n’existent que sous Windows",
}
