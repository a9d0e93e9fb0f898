"""Why something of the kernel, its modules or the boot loader is not known, in French."""

TEXTS = {
    "neither /boot nor /usr/lib/modules holds a kernel or its configuration": (
        "ni /boot ni /usr/lib/modules ne contient un noyau ou sa configuration"
    ),
    "the configuration of this kernel is not there": "la configuration de ce noyau est absente",
    "the file is not the configuration of a kernel": "le fichier n’est pas la configuration d’un noyau",
    "the configuration can't be unpacked": "la configuration ne peut pas être décompressée",
    "the configuration is cut off": "la configuration est tronquée",
    "two lines of the configuration contradict each other": "deux lignes de la configuration se contredisent",
    "no line names it, and whether the file is whole can't be told": (
        "aucune ligne ne la nomme, et rien ne dit si le fichier est entier"
    ),
    "no kernel has its modules there": "aucun noyau n’a ses modules",
    "the lists of modules of {kernel} can't be seen": "les listes des modules de {kernel} ne sont pas visibles",
    "line {line} is not understood, or the file is cut off": (
        "la ligne {line} n’est pas comprise, ou le fichier est tronqué"
    ),
    "the file is cut off: its last line has no end": "le fichier est tronqué : sa dernière ligne n’a pas de fin",
    "the section of {name} is missing: the file is cut off, or older than that script": (
        "la section de {name} manque : le fichier est tronqué, ou plus ancien que ce script"
    ),
    "a function loads the kernel": "une fonction charge le noyau",
    "a condition decides which kernel is loaded": "une condition décide du noyau chargé",
    "what {name} reads is not followed": "ce que lit {name} n’est pas suivi",
    "line {line}: a condition decides it": "ligne {line} : une condition en décide",
    "no boot entries are there: neither GRUB's nor those of the Boot Loader Specification": (
        "aucune entrée d’amorçage : ni de GRUB, ni de la Boot Loader Specification"
    ),
    "GRUB loads entries from /boot/loader/entries, and none is there": (
        "GRUB charge les entrées de /boot/loader/entries, et il n’y en a aucune"
    ),
    "no configuration of GRUB is there": "aucune configuration de GRUB",
    "the entry names no kernel": "l’entrée ne nomme aucun noyau",
    "the entry has no options of its own": "l’entrée n’a pas d’options propres",
    "the command line in a unified image is not read": "la ligne de commande d’une image unifiée n’est pas lue",
    "the configuration of this boot loader is not read": "la configuration de ce chargeur d’amorçage n’est pas lue",
    "what /etc/default/grub sets can't be told": "ce que définit /etc/default/grub est indéterminé",
}
