"""Textes du domaine registers_help : les options de ``rempart registers``."""

TEXTS = {
    "registers_help.add_long": (
        "Ajoute une entrée à un registre. Chaque colonne du registre est une option, comme --person p-017 --date "
        "2026-11-20 ; sans option, la commande les énumère (docs/registers.md dit pourquoi chacune est demandée). Un "
        "registre qui n’existe pas encore est commencé. Registres : {names}."
    ),
    "registers_help.by": "qui l’inscrit et confirme une nouvelle liste (par défaut : qui a confirmé l’organisation)",
    "registers_help.changed": "une preuve remplacée volontairement ; peut être donné plusieurs fois",
    "registers_help.confirm": "avec cette entrée, la liste est complète à ce jour",
    "registers_help.dpo": "le pseudonyme du délégué à la protection des données",
    "registers_help.due_long": (
        "Énumère ce qui doit être renouvelé, confirmé ou fait d’ici quelques jours, et ce qui est en retard, le "
        "plus urgent d’abord. La durée d’une entrée est donnée par les paramètres des vérifications (`rempart "
        "checks show ORG-04`). Ce qui manque tout à fait est signalé par un audit."
    ),
    "registers_help.file": "la preuve, un chemin dans le dossier ; son empreinte est inscrite à côté",
    "registers_help.folder": "le dossier des registres",
    "registers_help.forget_long": (
        "Retire de tous les registres les entrées des personnes parties depuis plus d’un an. L’historique de git "
        "les garde ; les fichiers de preuve sont nommés, pas supprimés."
    ),
    "registers_help.headcount": "combien de personnes ont accès aujourd’hui, selon la paie",
    "registers_help.init_by": "votre pseudonyme, comme p-001 : vous confirmez ce qui est inscrit",
    "registers_help.init_long": (
        "Commence un dossier de registres : cinq questions au plus, auxquelles des options répondent aussi. "
        "Seules vos réponses sont écrites ; aucun fait n’est rempli à votre place. --sample crée plutôt une "
        "organisation inventée."
    ),
    "registers_help.lint_long": (
        "Valide les registres d’un dossier : chaque erreur avec fichier, ligne et colonne, toutes à la fois (code de "
        "sortie 2). Les registres non tenus sont énumérés ; leurs vérifications restent non vérifiées."
    ),
    "registers_help.name": "le nom de l’organisation",
    "registers_help.pin_long": (
        "Inscrit l’empreinte SHA-256 de chaque nouvelle preuve à côté de son nom. Un fichier remplacé depuis est "
        "refusé "
        "sauf si --changed le nomme. Les commentaires et l’ordre de vos fichiers sont conservés."
    ),
    "registers_help.reference": (
        "où se trouve la preuve, en toutes lettres, si ce n’est pas un fichier d’ici : compte comme une déclaration"
    ),
    "registers_help.register": "le registre, comme training",
    "registers_help.sample": (
        "une organisation inventée, avec ses preuves et les résultats de ses machines, pour essayer"
    ),
    "registers_help.within": "jusqu’où regarder, comme 30d (par défaut : 30d)",
    "registers_help.yes": "ne pas demander",
}
