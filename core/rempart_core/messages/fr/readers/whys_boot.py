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
}
