"""French for why a host did not answer, or could not be asked."""

FRENCH = {
    "no answer before the deadline": "pas de réponse avant le délai",
    "the inventory was not read within {} s{}": "l’inventaire n’a pas été lu en {} s{}",
    "connection refused": "connexion refusée",
    "permission denied": "accès refusé",
    "no such file or directory": "fichier ou dossier inexistant",
    "no space left on device": "plus de place sur le disque",
    "cmd.exe does not end": "cmd.exe ne se termine pas",
}
