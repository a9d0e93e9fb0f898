"""Texts of the area server_log."""

TEXTS = {
    "server_log.broken": "ROMPU à la ligne {line} : {fault}",
    "server_log.command": "exporter et vérifier le journal de ce que les personnes ont fait",
    "server_log.cut_off": (
        "l’en-tête annonce {said}, et le journal compte {count:événement|événements}, ou finit autrement"
    ),
    "server_log.empty": "Le journal est vide.",
    "server_log.export": "écrire le journal dans un fichier vérifiable hors ligne",
    "server_log.exported": "{count:événement|événements}\ntête {head}\nclé  {key}",
    "server_log.follows": "il ne suit pas l’événement précédent : l’un d’eux a été modifié, retiré ou ajouté",
    "server_log.head_gone": "aucun événement n’a cette empreinte : le journal a été modifié depuis qu’elle a été notée",
    "server_log.head_is": "tête {head}",
    "server_log.held": "Avant cela : {count:événement intact|événements intacts}.",
    "server_log.help_bundle": "fichier de `rempart server log export` ; - pour l’entrée standard",
    "server_log.help_head": "empreinte notée auparavant : rien ne doit avoir changé jusqu’à cet événement",
    "server_log.help_key": "clé publique qui doit avoir signé chaque ligne (répétable)",
    "server_log.help_out": "fichier à écrire (par défaut : la sortie standard)",
    "server_log.key_is": "clé  {key}",
    "server_log.log_long": (
        "Le journal de ce que les personnes ont fait : chaque événement est signé et désigne le précédent par son "
        "empreinte, de sorte qu’aucun ne peut être modifié, retiré ou ajouté sans que cela se voie."
    ),
    "server_log.no_event": "ce n’est pas un événement du journal",
    "server_log.no_head": (
        "Notez la tête : avec --head, une vérification ultérieure montre que rien n’a changé jusque-là."
    ),
    "server_log.no_header": "ce n’est pas un journal : sa première ligne n’est pas l’en-tête",
    "server_log.no_key": "Ni --key ni --head : l’auteur de ce fichier a pu le fabriquer entièrement.",
    "server_log.no_key_after": "Sans --key, rien ne prouve qui a signé les événements suivants.",
    "server_log.no_line": "ce n’est pas une ligne d’un journal, ou elle a été modifiée ou coupée",
    "server_log.number": "l’événement {number} se trouve à la place de {expected}",
    "server_log.other_key": "signé avec une autre clé : {key}",
    "server_log.pinned": "L’événement {number} a cette empreinte ; {more:événement le suit|événements le suivent}.",
    "server_log.signature": "sa signature n’est pas valide : il a été modifié après avoir été signé",
    "server_log.verify": "vérifier un fichier hors ligne",
    "server_log.verify_long": (
        "Vérifier un journal hors ligne : signatures, empreintes et numéros, du premier événement au dernier. Code de "
        "retour : 0 intact, 1 rompu, 2 mauvaise utilisation."
    ),
    "server_log.whole": "Intact : {count:événement|événements}, du {begun} au {ended}",
}
