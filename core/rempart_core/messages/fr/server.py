"""Texts of the area server."""

TEXTS = {
    "server.absolute": "donnez un chemin absolu",
    "server.address": "{address} n’est pas une adresse IP de cette machine",
    "server.as_root": (
        "remarque : {directory} appartient à root, donc le serveur s’exécuterait en tant que root : donnez-le à un"
        " utilisateur à part (docs/server.md)"
    ),
    "server.backup_damaged": "{path} : endommagé à la ligne {line} ; rien n’a été restauré",
    "server.backup_layout": (
        "la sauvegarde a le format {layout} de la base : restaurez-la avec Rempart {version}, puis migrez ; rien "
        "n’a été restauré"
    ),
    "server.backup_long": (
        "Écrire tout un serveur dans un fichier pendant qu’il travaille : sa base à un instant donné, ses clés, "
        "son autorité de certification et ses réglages. Le fichier contient des clés privées : gardez-le chiffré. "
        "Notez les deux têtes affichées : la restauration les compare. Code de sortie : 0 écrit, 2 mauvais usage, "
        "3 la base ne peut pas être lue."
    ),
    "server.backup_made": "Sauvegarde : {path} ({size:octet|octets})",
    "server.backup_none": "{path} : pas une sauvegarde d’un serveur Rempart ; rien n’a été restauré",
    "server.bad": "ERREUR",
    "server.begun": "il y a déjà un serveur ({path}) ; rien n’a été modifié",
    "server.both": "{name} manque : donnez les deux, ou aucun",
    "server.ca_ended": (
        "l’autorité de certification {path} a expiré : créez-en une autre, et donnez-la à toutes les machines"
    ),
    "server.chain_broken": (
        "la chaîne des documents de la sauvegarde est rompue au maillon {number} ; rien n’a été restauré"
    ),
    "server.chain_other": (
        "la chaîne des documents de la sauvegarde a la tête {head}, et non {expected} ; rien n’a été restauré"
    ),
    "server.check_failure": "après une panne du proxy (statut {status}), osqueryd renvoie ses résultats",
    "server.check_failure_broken": "une panne du proxy coupe la connexion, et osqueryd renvoie ses résultats",
    "server.check_failure_lost": (
        "une panne du proxy (statut {status}) a un corps vide, ou du JSON sans « error » : osqueryd la prend pour "
        "un succès, et ses résultats sont perdus ; répondez par un corps JSON avec « error » comme le montre "
        "docs/server.md"
    ),
    "server.check_long": (
        "Vérifier comment les machines atteignent le serveur d’ici, à travers les proxys placés devant lui : "
        "certificat, TLS 1.2, un corps de 16 Mio, et ce que répond un proxy quand le serveur est arrêté. Code de "
        "sortie : 0 tout va bien, 1 des résultats seraient perdus ou refusés, 2 mauvais usage, 3 le serveur est "
        "injoignable."
    ),
    "server.check_no_proxy": (
        "ce que répond un proxy quand le serveur est arrêté : aucune panne de proxy n’a pu être provoquée ; aucun "
        "ne semble être devant le serveur"
    ),
    "server.check_reached": "le serveur répond ; il voit cette machine comme {address}",
    "server.check_size": "un corps de 16 Mio arrive entier",
    "server.check_size_broken": (
        "un corps de 16 Mio coupe la connexion : osqueryd le renverrait sans fin ; relevez la limite du proxy "
        "comme le montre docs/server.md"
    ),
    "server.check_size_refused": (
        "un corps de 16 Mio est refusé (statut {status}) : osqueryd le renverrait sans fin ; relevez la limite du "
        "proxy comme le montre docs/server.md"
    ),
    "server.check_tls": "TLS 1.2 fonctionne ; le certificat est reconnu et valable encore {days:jour|jours}",
    "server.check_tls_ends": "le certificat expire dans {days:jour|jours}",
    "server.command": "recevoir les rapports des machines, et montrer le parc dans un navigateur",
    "server.command_about": "Recevoir les rapports des machines, et montrer le parc dans un navigateur.",
    "server.command_backup": "écrire tout un serveur dans un fichier, pendant qu’il travaille",
    "server.command_check": "vérifier comment les machines atteignent le serveur, à travers les proxys",
    "server.command_init": "créer un serveur : autorité de certification, clés, réglages, base",
    "server.command_migrate": "mettre à niveau la base d’une version antérieure",
    "server.command_restore": "restaurer une sauvegarde, sur une autre machine aussi",
    "server.command_run": "répondre aux machines et aux navigateurs jusqu’à l’arrêt",
    "server.command_service": "afficher une unité systemd pour le serveur",
    "server.duration": "{text} n’est pas une durée : écrivez 90s, 30m, 24h ou 7d",
    "server.duration_bounds": "doit être entre {least} et {most}",
    "server.ended": (
        "le serveur s’est arrêté : ses processus n’ont pas pu continuer (les lignes ci-dessus disent pourquoi)"
    ),
    "server.extra": "`rempart server` a besoin de paquets qui manquent ({names}) : pip install 'rempart[server]'",
    "server.good": "ok",
    "server.heads": "Tête des documents : {head}\nTête du journal : {log_head}",
    "server.help_backup": "fichier de la sauvegarde",
    "server.help_ca": "autorité qui a signé le certificat du serveur (par défaut : celles du système)",
    "server.help_certificate": "chaîne de certificats (PEM), au lieu d’un certificat d’une autorité propre",
    "server.help_dir": (
        "répertoire du serveur (par défaut : REMPART_SERVER_DIR, sinon /var/lib/rempart-server pour root)"
    ),
    "server.help_head": "tête que la chaîne des documents doit avoir, telle que backup l’a affichée",
    "server.help_key": "clé privée de --cert (PKCS #8, PEM)",
    "server.help_log_head": "tête que le journal doit avoir, telle que backup l’a affichée",
    "server.help_name": "nom d’hôte par lequel les machines et les navigateurs atteignent le serveur",
    "server.help_restore_store": (
        "restaurer la base ici : URL postgresql:// ou fichier SQLite (par défaut : comme avant)"
    ),
    "server.help_store": "URL postgresql:// de la base (par défaut : un fichier SQLite dans le répertoire)",
    "server.help_url": "adresse du serveur : https://HÔTE[:PORT]",
    "server.init_ca": "Autorité de certification : {path}\nSon empreinte SHA-256 : {fingerprint}",
    "server.init_key": "Clé qui signe documents et journal (`rempart verify --key`) :\n{key}",
    "server.init_link": "Lien à usage unique du compte admin, valable 24 heures :\n{link}",
    "server.init_long": (
        "Créer un serveur dans un répertoire : une autorité de certification, le certificat et les clés du "
        "serveur, server.yaml, la base, et le lien à usage unique du compte admin. Code de sortie : 0 créé, 2 "
        "mauvais usage, ou il y a déjà un serveur (rien n’est modifié), 3 la base ou une clé n’a pas pu être "
        "créée."
    ),
    "server.init_next": "Démarrez-le : rempart server run --dir {directory}",
    "server.log_broken": "le journal de la sauvegarde est rompu à l’événement {number} ; rien n’a été restauré",
    "server.log_other": "le journal de la sauvegarde a la tête {head}, et non {expected} ; rien n’a été restauré",
    "server.migrate_long": (
        "Mettre la base d’une version antérieure au format de celle-ci. Faites d’abord une sauvegarde avec "
        "l’ancienne version. Code de sortie : 0 mise à niveau, ou rien à faire ; 2 il n’y a pas de serveur ; 3 la "
        "base ne peut pas être mise à niveau."
    ),
    "server.migrated": "la base est passée du format {before} au format {layout}",
    "server.migrated_already": "la base a déjà le format {layout} ; rien n’a été modifié",
    "server.name": "{name} n’est pas un nom d’hôte",
    "server.network": "{text} n’est ni une adresse IP ni un réseau",
    "server.no_certificate": "{path} : pas un certificat au format PEM",
    "server.no_file": "il n’y a pas de fichier {path}",
    "server.no_folder": "il n’y a pas de répertoire {path}",
    "server.no_owner": "le propriétaire de {directory} n’est pas un utilisateur de cette machine",
    "server.none": "il n’y a pas de serveur dans {directory} ; `rempart server init` en crée un",
    "server.not_installed": "la commande rempart n’est pas installée, donc aucune unité ne peut l’exécuter",
    "server.not_ours": "ce qui répond à cette adresse n’est pas un serveur Rempart (statut {status})",
    "server.older": (
        "la base vient d’une version antérieure : exécutez rempart server migrate (cette version exige le format "
        "{layout})"
    ),
    "server.pair_apart": (
        "{key} n’est pas la clé privée de {certificate} (le certificat du serveur doit être le premier du fichier)"
    ),
    "server.pair_ended": "{certificate} n’est pas valable aujourd’hui (fin : {day})",
    "server.pair_unusable": (
        "{certificate} ou {key} : pas une chaîne de certificats et une clé privée sans phrase secrète au format PEM"
    ),
    "server.port": "impossible d’écouter sur {place} : {error}",
    "server.restore_long": (
        "Restaurer une sauvegarde dans un répertoire vide et une base vide, sur cette machine ou une autre. Les "
        "chaînes des documents et du journal sont vérifiées avant que rien ne soit conservé. Code de sortie : 0 "
        "restauré, 1 la sauvegarde est endommagée ou a une autre tête que --head ou --log-head (rien n’est "
        "restauré), 2 mauvais usage, 3 la base ne peut pas être écrite."
    ),
    "server.restored": "Restauré : {directory}, {count:document signé|documents signés}",
    "server.run_long": (
        "Répondre aux machines et aux navigateurs jusqu’à SIGTERM ou Ctrl-C. Code de sortie : 0 arrêté, 2 mauvais "
        "réglages, 3 la base ou le port ne peut pas être utilisé."
    ),
    "server.service_long": (
        "Afficher une unité systemd qui exécute le serveur en tant que propriétaire de son répertoire. Code de "
        "sortie : 0 affichée, 2 mauvais usage."
    ),
    "server.store": "pas l’URL d’un serveur PostgreSQL (postgresql://…)",
    "server.store_used": "la base n’est pas vide : donnez-en une autre par --store ; rien n’a été restauré",
    "server.time": '{text} n’est pas une heure du jour : écrivez-la comme "01:00" (UTC)',
    "server.tls": "{place} : pas de connexion TLS : {error} (--ca FICHIER nomme l’autorité du serveur)",
    "server.tls_failed": "le certificat ou la clé {path} : {error}",
    "server.tls_no_key": "{path} : pas un certificat et une clé privée de l’autorité du serveur au format PEM",
    "server.too_large": "{value} est trop grand (au plus {most})",
    "server.unknown": "non vérifié",
    "server.unreachable": "{place} : {error}",
    "server.url": "donnez l’adresse du serveur sous la forme https://HÔTE[:PORT]",
    "server.workers": "plus d’un processus exige PostgreSQL comme base",
}
