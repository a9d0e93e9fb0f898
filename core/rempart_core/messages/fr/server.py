"""Texts of the area server."""

TEXTS = {
    "server.absolute": "donnez un chemin absolu",
    "server.address": "{address} n’est pas une adresse IP de cette machine",
    "server.begun": "il y a déjà un serveur ({path}) ; rien n’a été modifié",
    "server.both": "{name} manque : donnez les deux, ou aucun",
    "server.ca_ended": (
        "l’autorité de certification {path} a expiré : créez-en une autre, et donnez-la à toutes les machines"
    ),
    "server.command": "recevoir les rapports des machines, et montrer le parc dans un navigateur",
    "server.command_about": "Recevoir les rapports des machines, et montrer le parc dans un navigateur.",
    "server.command_init": "créer un serveur : autorité de certification, clés, réglages, base",
    "server.command_run": "répondre aux machines et aux navigateurs jusqu’à l’arrêt",
    "server.duration": "{text} n’est pas une durée : écrivez 90s, 30m, 24h ou 7d",
    "server.duration_bounds": "doit être entre {least} et {most}",
    "server.ended": (
        "le serveur s’est arrêté : ses processus n’ont pas pu continuer (les lignes ci-dessus disent pourquoi)"
    ),
    "server.extra": "`rempart server` a besoin de paquets qui manquent ({names}) : pip install 'rempart[server]'",
    "server.help_certificate": "chaîne de certificats (PEM), au lieu d’un certificat d’une autorité propre",
    "server.help_dir": (
        "répertoire du serveur (par défaut : REMPART_SERVER_DIR, sinon /var/lib/rempart-server pour root)"
    ),
    "server.help_key": "clé privée de --cert (PKCS #8, PEM)",
    "server.help_name": "nom d’hôte par lequel les machines et les navigateurs atteignent le serveur",
    "server.help_store": "URL postgresql:// de la base (par défaut : un fichier SQLite dans le répertoire)",
    "server.init_ca": "Autorité de certification : {path}\nSon empreinte SHA-256 : {fingerprint}",
    "server.init_link": "Lien à usage unique du compte admin, valable 24 heures :\n{link}",
    "server.init_long": (
        "Créer un serveur dans un répertoire : une autorité de certification, le certificat et les clés du serveur, "
        "server.yaml, la base, et le lien à usage unique du compte admin. Code de sortie : 0 créé, 2 mauvais usage, "
        "ou il y a déjà un serveur (rien n’est modifié), 3 la base ou une clé n’a pas pu être créée."
    ),
    "server.init_next": "Démarrez-le : rempart server run --dir {directory}",
    "server.name": "{name} n’est pas un nom d’hôte",
    "server.network": "{text} n’est ni une adresse IP ni un réseau",
    "server.no_certificate": "{path} : pas un certificat au format PEM",
    "server.no_file": "il n’y a pas de fichier {path}",
    "server.no_folder": "il n’y a pas de répertoire {path}",
    "server.none": "il n’y a pas de serveur dans {directory} ; `rempart server init` en crée un",
    "server.port": "impossible d’écouter sur {place} : {error}",
    "server.run_long": (
        "Répondre aux machines et aux navigateurs jusqu’à SIGTERM ou Ctrl-C. Code de sortie : 0 arrêté, 2 mauvais "
        "réglages, 3 la base ou le port ne peut pas être utilisé."
    ),
    "server.store": "pas l’URL d’un serveur PostgreSQL (postgresql://…)",
    "server.time": '{text} n’est pas une heure du jour : écrivez-la comme "01:00" (UTC)',
    "server.tls_failed": "le certificat ou la clé {path} : {error}",
    "server.tls_no_key": "{path} : pas un certificat et une clé privée de l’autorité du serveur au format PEM",
    "server.too_large": "{value} est trop grand (au plus {most})",
    "server.workers": "plus d’un processus exige PostgreSQL comme base",
}
