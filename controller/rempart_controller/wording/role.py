"""French for what our roles and modules say of a host."""

FRENCH = {
    "Only Linux with systemd and nftables can be isolated: isolate this one at the switch.": (
        "Seul un Linux avec systemd et nftables s’isole : isolez cette machine au commutateur."
    ),
    "No new connection worked in time: the host has lifted its isolation by itself.": (
        "Aucune nouvelle connexion n’a abouti à temps : la machine a levé son isolement d’elle-même."
    ),
    "the change can not be undone": "le changement ne peut pas être annulé",
    "the controller's address can't be told: the connection is not one of SSH": (
        "l’adresse du contrôleur est inconnue : la connexion n’est pas une connexion SSH"
    ),
    "the controller's address can't be told: {} is none": "l’adresse du contrôleur est inconnue : {} n’en est pas une",
    "the connection comes from the host itself: the controller is never isolated": (
        "la connexion vient de la machine elle-même : le contrôleur n’est jamais isolé"
    ),
    "the rules of nftables can't be read: {}": "les règles de nftables ne peuvent pas être lues : {}",
    "more than {} MiB would have to be saved": "il faudrait sauvegarder plus de {} Mio",
    "{} is not a folder that only root may write to": "{} n’est pas un dossier où root seul peut écrire",
    "{} is damaged: {}": "{} est endommagé : {}",
    "change {} of {} is under way here": "le changement {} de {} est en cours ici",
    "this endpoint knows no change {}": "cette machine ne connaît aucun changement {}",
    "systemd does not run here: nothing would revert a change that locks us out": (
        "systemd ne tourne pas ici : rien n’annulerait un changement qui nous coupe l’accès"
    ),
    "the timer can't be started: {}": "le minuteur ne peut pas être démarré : {}",
    "what the change would touch can't be saved: {}": "ce que le changement toucherait ne peut être sauvegardé : {}",
    "the change {} did not touch {}": "le changement {} n’a pas touché {}",
    "the manifest of the change is not the one that was written": (
        "le manifeste du changement n’est pas celui qui a été écrit"
    ),
    "others could write to {}": "d’autres pouvaient écrire dans {}",
    "what was saved of {} is not what was there": "ce qui a été sauvegardé de {} n’est pas ce qui s’y trouvait",
    "undo first what was made later and shares something: {}": (
        "annulez d’abord ce qui a été fait plus tard et partage quelque chose : {}"
    ),
    "{} shares {}, and can't be applied again: roll it back too": (
        "{} partage {}, et ne peut pas être corrigé de nouveau : annulez-le aussi"
    ),
    "changed since by somebody else: {}": "modifié depuis par quelqu’un d’autre : {}",
    "It can't be found out where sshd listens, so nothing is refused.": (
        "On ne peut pas savoir où sshd écoute, donc rien n’est refusé."
    ),
    "/etc/pam.d/common-auth was edited by hand, and pam-auth-update leaves it alone.": (
        "/etc/pam.d/common-auth a été modifié à la main, et pam-auth-update n’y touche pas."
    ),
    "This kernel is without Yama; it needs another one.": "Ce noyau est sans Yama ; il en faut un autre.",
    "root itself connects here, and none of its keys is in approved_root_keys.": (
        "root lui-même se connecte ici, et aucune de ses clés n’est dans approved_root_keys."
    ),
    "Name the sensor in the inventory, as rempart_sensor with packages (a list) and service": (
        "Nommez la sonde dans l’inventaire : rempart_sensor avec packages (une liste) et service"
    ),
    "Name the collector in the inventory, as rempart_log_collector with host, port and ca_file": (
        "Nommez le collecteur dans l’inventaire : rempart_log_collector avec host, port et ca_file"
    ),
    "firewalld: make a policy from zone HOST to zone ANY by hand, see the instruction of FWL-05.": (
        "firewalld : faites à la main une politique de la zone HOST vers la zone ANY, voir l’instruction de FWL-05."
    ),
}
