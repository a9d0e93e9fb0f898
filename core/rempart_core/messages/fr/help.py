"""Texts of the area help."""

TEXTS = {
    "help.fleet_folder": "dossier des fichiers YAML de Fleet, tel que dans Git",
    "help.report_propose": "avec --ciso-assistant : proposer le résultat des exigences avec un écart ; vide sinon",
    "help.report_ciso_assistant": "écrire dans un dossier les fichiers que CISO Assistant importe",
    "help.report_soa": "écrire la déclaration d’applicabilité (ISO/IEC 27001, annexe A) dans un classeur",
    "help.report_oscal": "écrire dans un dossier, en OSCAL 1.2.1, les résultats et le plan d’action",
    "help.report_xlsx": "écrire les tableaux et chaque résultat dans un classeur",
    "help.report_sample": (
        "ajouter un échantillon de {metavar} machines que chacun peut tirer à nouveau d’après la tête de la chaîne"
    ),
    "help.report_sql": "ajouter en annexe les requêtes SQL",
    "help.report_html": "écrire le même en une page, en un seul fichier",
    "help.report_pdf": "écrire le rapport en PDF",
    "help.report_at": "date du rapport : {moment} (par défaut : le dernier passage)",
    "help.report_from": (
        "comparer à cette date et y commencer la période : {moment} (par défaut : les 90 derniers jours, sans "
        "comparaison)"
    ),
    "help.report_framework": "référentiels du rapport, séparés par des virgules (par défaut : {default})",
    "help.report_registers": "dossier des registres : ajoute les personnes, les incidents et les décisions",
    "help.about": (
        "Auditer les machines qui traitent des données personnelles : vérifications en SQL osquery, preuves "
        "pour chaque verdict."
    ),
    "help.accept_check": "montrer ce qui serait fait, sans rien changer",
    "help.accept_host": "nom de la machine dans l’inventaire",
    "help.accept_lost": (
        "comptes qui peuvent perdre l’accès SSH ; sinon un correctif qui bloquerait un compte n’est pas appliqué"
    ),
    "help.agent_about": "Interroger cette machine, ou un système de fichiers racine, en SQL osquery.",
    "help.agent_config": "fichier de configuration de l’agent installé (par défaut : /etc/rempart/agent.yaml)",
    "help.agent_examples": (
        "Exemples :\n"
        '  rempart-agent query "SELECT username, shell FROM users WHERE uid >= 1000"\n'
        '  rempart-agent query --root /mnt/image --json "SELECT path, mode FROM file WHERE path LIKE '
        '’/etc/ssh/%’"\n'
        "  rempart-agent tables --columns rempart_sshd_config\n"
        "  rempart-agent run --profile server > run.json\n"
    ),
    "help.agent_folder": "dossier de la clé et du spool (par défaut : /var/lib/rempart/agent)",
    "help.agent_json": "afficher les lignes au format d’osqueryi --json",
    "help.agent_max_age": (
        "âge maximal du dernier document d’un agent, par exemple 48h ou 3d ; au-delà, sa machine compte comme "
        "sans réponse (par défaut : 48h)"
    ),
    "help.agent_print": "afficher le document d’audit même si l’agent est installé",
    "help.apply_resume": (
        "reprendre un changement interrompu d’après les enregistrements des machines (avec -i, au lieu de PLAN)"
    ),
    "help.apply_revert_after": (
        "délai après lequel une machine annule un changement risqué non confirmé (par défaut : {seconds})"
    ),
    "help.as_ansible": "comme l’option d’Ansible ; répétable",
    "help.ask_become_pass": "demander le mot de passe de sudo",
    "help.ask_pass": "demander le mot de passe de connexion",
    "help.ask_vault_pass": "demander le mot de passe du coffre (vault)",
    "help.attest": (
        "signer le résultat pour l’image : une déclaration in-toto que `rempart verify-attestation` et cosign vérifient"
    ),
    "help.attest_key": (
        "clé privée qui signe l’attestation (Ed25519, PEM ; créée si elle manque ; par défaut : la clé de --sign)"
    ),
    "help.attestation": "fichier de l’attestation ; - pour l’entrée standard",
    "help.attestation_age": "non prouvé si l’audit a pris fin depuis plus longtemps, comme 20h ou 30d",
    "help.attestation_image": (
        "image qui doit y être nommée : un fichier, une image OCI dépliée (layout) ou l’empreinte d’un manifeste "
        "(sha256:…) ; répétable"
    ),
    "help.attestation_key": "clé publique dont une au moins doit avoir signé ; répétable",
    "help.attestation_require": "vérification qui doit avoir réussi, comme IMG-04 ; répétable",
    "help.baseline": "document d’audit : seules comptent les non-conformités nouvelles depuis ce passage",
    "help.become": "devenir root par sudo si l’inventaire ne le précise pas",
    "help.case": "seulement les cas dont le nom contient TEXT",
    "help.change_checks_dir": "dossier de vos propres vérifications, pour un changement qui n’est pas consigné ici",
    "help.change_id": "identifiant du changement",
    "help.changes_html": " ; avec --dry-run ou sans CHANGE, une page de ce qui est affiché",
    "help.changes_json": " ; sans CHANGE la liste des changements, sur la sortie standard",
    "help.changes_one": "afficher ce changement seul, avec dans la page ce qu’il a touché",
    "help.checks": (
        "seulement les vérifications dont l’identifiant ou le domaine correspond, par exemple DSK-* ou "
        "firewall ; répétable, ou séparées par des virgules"
    ),
    "help.checks_dir": "dossier de vos propres vérifications, en plus des nôtres ; répétable",
    "help.checks_dir_beside": "dossier de vos propres vérifications, en plus des nôtres",
    "help.checks_words": "identifiants ou domaines, par exemple DSK-* ou firewall (par défaut : tous)",
    "help.columns": "lister les colonnes d’une table",
    "help.deadline": "délai d’une requête (par défaut : 20)",
    "help.diff_after": "le passage le plus récent ; - lit l’entrée standard",
    "help.diff_before": "le passage le plus ancien",
    "help.drift_since": "{moment} (par défaut : l’avant-dernier passage)",
    "help.engine": (
        "moteur : un osqueryd en marche, osqueryi, ou le moteur intégré, qui ne demande ni l’un ni l’autre "
        "(par défaut : auto, le premier disponible)"
    ),
    "help.examples": (
        "Exemples :\n"
        "  sudo rempart audit                                      cette machine\n"
        "  rempart audit --root /mnt/image --junit out/junit.xml   une image montée, pour un pipeline\n"
        "  rempart audit --image disk.qcow2                        un disque ou un conteneur, sans montage\n"
        "  rempart audit --checks firewall --lang fr               un domaine, en français\n"
        "  rempart audit -i inventory -l web --json out/web.jsonl  les machines d’un inventaire\n"
        "  rempart query -i inventory 'SELECT name FROM os_version'\n"
        "  rempart diff monday.json today.json                     les régressions entre deux passages\n"
        "  rempart plan -i inventory -l web                        ce que les correctifs changeraient\n"
        "  rempart apply rempart-plan.json                         corriger, auditer de nouveau, garder ou "
        "annuler\n"
        "  rempart drift --since 7d                                les régressions de la base\n"
        "  rempart incident open web-1 -i inventory                puis collect, isolate, release\n"
        "  rempart checks show DSK-01 --sql                        le SQL d’une vérification\n"
    ),
    "help.export_host": (
        "seulement les documents de cette machine, répétable ; les maillons de toutes les machines restent, "
        "pour vérifier la chaîne"
    ),
    "help.export_out": "fichier de sortie ; - pour la sortie standard",
    "help.export_since": "seulement à partir de : {moment}",
    "help.export_until": (
        "seulement jusque-là, comme pour --since : le fichier finit par la tête de chaîne"
        " que cite un rapport de cette date (`rempart report --at`)"
    ),
    "help.extension_autorestart": (
        "attendre le redémarrage d’osqueryd et le servir de nouveau, si aucun extensions.load ne lance ce programme"
    ),
    "help.extension_interval": "fréquence de vérification de la présence d’osqueryd",
    "help.extension_socket": "socket d’extension d’osqueryd",
    "help.extension_timeout": "délai d’attente de la socket (par défaut : 3)",
    "help.extension_verbose": "journaliser sur la sortie d’erreur",
    "help.extension_write": "seulement écrire le programme pour extensions.load d’osqueryd dans FILE.ext",
    "help.fail_on": "gravité minimale qui compte pour le code de sortie : {severities} (par défaut : low)",
    "help.fleet_at": "{moment} ; une date vaut sa fin (par défaut : maintenant)",
    "help.fleet_json": "afficher en lignes JSON, une ligne par machine",
    "help.format_csv": "écrire une ligne par résultat, pour un tableur",
    "help.format_csv_after": "une ligne par résultat, pour un tableur",
    "help.format_html": "écrire une page, en un seul fichier",
    "help.format_html_after": "une page de cet audit",
    "help.format_html_folder": "écrire des pages liées dans un dossier : le parc, chaque machine, chaque vérification",
    "help.format_json": (
        "écrire le document du passage ; avec -i, même pour une machine, un passage par ligne (JSON lines)"
    ),
    "help.format_json_after": "ses documents, un passage par ligne",
    "help.format_jsonl": "écrire un objet JSON par résultat, un par ligne",
    "help.format_jsonl_after": "de même en JSON, avec les preuves",
    "help.format_junit": "écrire un rapport JUnit",
    "help.format_junit_after": "un rapport JUnit de l’audit {when}",
    "help.format_junit_folder": "écrire un rapport JUnit par machine, TEST-HOST.xml, dans un dossier",
    "help.format_markdown": "écrire un résumé pour une tâche de CI ; avec -i celui du parc, les pires machines d’abord",
    "help.format_markdown_after": "un résumé de cet audit pour une tâche de CI",
    "help.format_sarif": (
        "écrire les non-conformités, et ce qui n’a pas été vérifié, en SARIF 2.1.0 pour l’analyse de code"
    ),
    "help.format_sarif_after": "ses non-conformités en SARIF 2.1.0 pour l’analyse de code",
    "help.framework": "un référentiel, par exemple gdpr (par défaut : une ligne pour chacun)",
    "help.group_agents": "machines avec un agent installé (rempart_agent)",
    "help.group_applied": "application du plan",
    "help.group_asked": "choix des vérifications",
    "help.group_attested": "attestation",
    "help.group_fleet": "parc, d’après un inventaire Ansible",
    "help.group_judged": "évaluation",
    "help.group_organisation": "l’organisation",
    "help.group_planned": "contenu du plan",
    "help.group_remembered": "base (rien n’est enregistré sans demande)",
    "help.group_reports": "rapports (FILE peut être - pour la sortie standard, qui ne contient alors rien d’autre)",
    "help.group_some": "une partie des machines d’un inventaire",
    "help.group_told": (
        "notification (seulement des régressions et des vérifications devenues impossibles depuis le passage précédent)"
    ),
    "help.group_undone": "annulation du changement",
    "help.group_written": "sortie",
    "help.hex": "64 chiffres hexadécimaux",
    "help.history_name": "nom d’une machine, ou identifiant d’une vérification, par exemple FWL-01",
    "help.host_deadline": "délai total pour une machine (par défaut : {seconds})",
    "help.html_appendix": "ajouter le SQL et les preuves des vérifications réussies aux pages HTML",
    "help.html_page": "écrire aussi une page autonome ; - désigne la sortie standard, qui ne contient rien d’autre",
    "help.image": (
        "examiner une image disque ou une archive de conteneur au lieu de cette machine, sans la "
        "monter ; à répéter pour les disques d’une même machine"
    ),
    "help.image_max": "taille maximale des couches décompressées d’un conteneur, par exemple 500M (par défaut : 32G)",
    "help.image_platform": "quelle plateforme d’une archive de conteneur (linux/arm64)",
    "help.image_ref": "quelle image d’une archive de conteneur, par nom ou empreinte",
    "help.image_root": "quel volume contient le système, s’il y en a plusieurs",
    "help.inventory": "inventaire Ansible : un fichier, un dossier, un programme, ou HOST, ; répétable",
    "help.json_lines": "afficher en lignes JSON",
    "help.json_machines": "afficher en JSON",
    "help.json_object": "afficher un objet JSON",
    "help.junit_short": (
        "strict (par défaut) suit les schémas d’Ant et de Jenkins ; rich ajoute des propriétés à chaque cas de test"
    ),
    "help.junit_strict": (
        "strict (par défaut) : valide pour tout lecteur ; rich : ajoute les preuves des vérifications "
        "réussies, des propriétés et des fichiers"
    ),
    "help.keep": (
        "supprimer les données de la base plus anciennes, par exemple 400d ; l’état actuel n’est jamais supprimé"
    ),
    "help.lang": "langue (par défaut : REMPART_LANG, sinon en)",
    "help.limit": "seulement les machines ou groupes correspondant à ce motif",
    "help.live": (
        "résultats à confronter aux registres, un audit enregistré par ligne (par défaut : ceux de -i ou --store)"
    ),
    "help.max_age": "refuser un plan plus ancien (par défaut : 24)",
    "help.max_failed": "passer à la vague suivante tant qu’au plus cette part des machines a échoué (par défaut : 0)",
    "help.max_rows": "échouer au-delà de N lignes (par défaut : un million)",
    "help.moment": "numéro d’un passage, date (2026-11-25), heure (2026-11-25T13:00), en UTC, ou âge (7d, 24h)",
    "help.new_area": "son dossier, par exemple remote-access ou l’un des vôtres",
    "help.new_folder": "dossier de vos vérifications ; créé s’il n’existe pas",
    "help.new_id": "2 à 8 lettres et chiffres, un trait d’union, un nombre, par exemple ACME-01",
    "help.new_name": "nom de fichier court, par exemple recorder-closed",
    "help.notify": (
        "notifier un webhook, une boîte aux lettres ou une messagerie : URL d’Apprise, par exemple "
        "json://host/path ou mailto://… ; demande --store ; répétable. La liste des processus montre l’URL : "
        "utilisez --notify-file pour une URL contenant un secret"
    ),
    "help.notify_file": (
        "fichier de telles URL, une par ligne ; il doit appartenir à vous ou à root et n’être lisible que par "
        "son propriétaire ; répétable"
    ),
    "help.of_profile": "seulement les vérifications de ce profil",
    "help.other_deadline": "délai d’une requête",
    "help.other_engine": "l’autre moteur",
    "help.other_socket": "socket d’extension d’osqueryd",
    "help.outside_window": "changer aussi les machines hors de leur rempart_window",
    "help.parallel": "nombre de machines à la fois (par défaut : {count})",
    "help.param": "valeur d’un paramètre ; listes : séparées par des virgules",
    "help.plan_disruption": "seulement les correctifs avec au plus cette perturbation (par défaut : lockout, tous)",
    "help.plan_file": "fichier du plan",
    "help.plan_last": (
        "partir des derniers résultats de la base : n’auditer que les machines avec des non-conformités, et "
        "que les vérifications en échec"
    ),
    "help.plan_out": "fichier du plan (par défaut : rempart-plan.json)",
    "help.plan_playbook": "écrire aussi un playbook simple avec ses rôles, qu’Ansible peut exécuter sans Rempart",
    "help.plan_severity": "seulement les non-conformités d’au moins cette gravité (par défaut : toutes)",
    "help.playbooks": "votre copie de nos playbooks avec vos rôles, utilisée à la place",
    "help.private_key": "clé privée pour la connexion",
    "help.profile": "profil (par défaut : celui du rôle ; `all` sélectionne toutes les vérifications)",
    "help.query_deadline": "délai d’une table (par défaut : 20)",
    "help.query_engine": "moteur sur les machines",
    "help.query_json": "afficher en lignes JSON : une ligne par enregistrement, avec sa machine",
    "help.query_max_rows": "échouer au-delà de N lignes d’une machine (par défaut : 10000)",
    "help.quiet": "n’afficher que les erreurs, pas les non-conformités",
    "help.quiet_errors": "n’afficher que les erreurs",
    "help.registers": "dossier de registres : auditer l’organisation seule, ou avec -i après les machines",
    "help.replace": "remplacer l’agent connu de ce nom après l’avoir réinstallé",
    "help.resume": "reprendre un audit interrompu : le reste des machines ; mêmes inventaire, vérifications et profil",
    "help.role": "rôle de la cible (par défaut : détecté)",
    "help.rollback_checks": (
        "seulement les correctifs de ces vérifications ; répétable. Les réglages partagés avec les correctifs "
        "restants sont aussi restaurés, et ces correctifs sont donc réappliqués"
    ),
    "help.rollback_dry_run": "montrer ce qui serait restauré, ce qui reste et pourquoi ; ne rien changer",
    "help.rollback_force": "restaurer aussi ce que quelqu’un d’autre a modifié depuis",
    "help.root": (
        "examiner le système de fichiers racine dans DIR (image montée, chroot, conteneur extrait) au lieu de "
        "cette machine ; aucun chemin ni lien n’en sort"
    ),
    "help.run_deadline": "délai pour tout l’audit (par défaut : sans limite)",
    "help.sarif_location": "fichier du dépôt auquel l’analyse de code rattache les résultats (par défaut : la cible)",
    "help.schedule_at": (
        "HH:MM chaque jour, ou une expression pour OnCalendar= de systemd (avec --cron : les cinq champs de "
        "cron) (par défaut : 02:30)"
    ),
    "help.schedule_cron": "écrire une ligne pour cron, dans /etc/cron.d",
    "help.schedule_local_hosts": (
        "l’inventaire contient aussi cette machine (ansible_connection: local) : le service est moins isolé, "
        "car l’isolement changerait ce qu’il voit ici"
    ),
    "help.schedule_name": "suffixe du nom de l’unité : rempart-NAME (par défaut : audit)",
    "help.schedule_options": "options de l’audit, après --",
    "help.schedule_out": "écrire dans DIR, pour une image ou un paquet ; ne rien démarrer",
    "help.schedule_remove": "l’arrêter et supprimer ses fichiers",
    "help.schedule_run_as": (
        "exécuter en tant que USER quand root planifie (par défaut : root) ; un audit par SSH avec des clés ne "
        "demande pas root ici"
    ),
    "help.schedule_show": "montrer seulement ce qui serait fait",
    "help.schedule_splay": "délai aléatoire d’au plus N minutes (par défaut : 15)",
    "help.shell": "parmi {shells}",
    "help.show_sql": "n’afficher que les requêtes SQL, avec les valeurs des paramètres",
    "help.sign": "garder le document d’audit dans la base, signé (clé créée au premier usage) et chaîné au précédent",
    "help.sign_short": "garder aussi les documents d’audit dans la base, signés et chaînés",
    "help.socket": "socket d’extension d’osqueryd (sous Windows son tube), si elle n’est pas à l’endroit habituel",
    "help.stale": (
        "omettre les machines ayant répondu depuis moins de AGE (90m, 20h, 7d) ; leurs résultats enregistrés comptent"
    ),
    "help.statements": "une ou plusieurs requêtes SQL",
    "help.statements_stdin": "une ou plusieurs requêtes SQL ; - lit l’entrée standard",
    "help.store": "la base (par défaut : $REMPART_STORE, sinon rempart.db dans votre dossier de données)",
    "help.store_apply": "enregistrer les audits d’avant et d’après",
    "help.store_limit": (
        "seulement les machines dont le nom ou le groupe correspond à PATTERN, par exemple web-* ou "
        "centre-lyon ; répétable, ou séparés par des virgules ; !PATTERN exclut"
    ),
    "help.store_record": (
        "enregistrer le passage dans la base : un fichier SQLite, ou PostgreSQL (postgresql://host/database ; "
        "mot de passe par PGPASSWORD ou ~/.pgpass). Sans valeur : $REMPART_STORE, sinon rempart.db dans votre "
        "dossier de données"
    ),
    "help.store_rollback": "enregistrer cet audit",
    "help.task_deadline": (
        "délai d’une tâche, par exemple une mise à niveau ; au-delà, la machine est considérée perdue (par "
        "défaut : {seconds})"
    ),
    "help.user": "se connecter en tant que NAME si l’inventaire ne nomme pas d’utilisateur",
    "help.verbose": "afficher aussi les preuves des vérifications réussies",
    "help.verify_bundle": "fichier exporté ; - pour l’entrée standard",
    "help.verify_head": "tête à laquelle la chaîne doit aboutir, d’après un rapport que vous avez gardé",
    "help.verify_key": "clé publique qui doit avoir signé (en-tête, maillons et documents) ; répétable",
    "help.waivers": "fichier de dérogations : non-conformités acceptées jusqu’à une date (YAML)",
    "help.walk": (
        "parcourir tous les systèmes de fichiers locaux pour les vérifications qui le demandent (par défaut : "
        "selon le profil)"
    ),
    "help.walk_entries": "nombre maximal de fichiers et dossiers d’un parcours (par défaut : 5000000)",
    "help.walk_seconds": "durée maximale d’un parcours en secondes (1 à 3600, par défaut : 90)",
    "help.waves": "taille cumulée de chaque vague, en nombre ou en part des machines (par défaut : 1,10%,100%)",
    "help.wheelhouse_again": "télécharger de nouveau même si le dossier est complet",
    "help.wheelhouse_machine": (
        "sortie de `uname -m` sur les machines, par exemple x86_64 ou aarch64 ; répétable (par défaut : cette machine)"
    ),
    "help.wheelhouse_out": "dossier de sortie",
    "help.wheelhouse_python": "version de Python des machines ; répétable (par défaut : celle en cours)",
    "help.wheelhouse_source": "Rempart lui-même, pour pip : dossier, wheel ou URL (par défaut : la version installée)",
    "help.when_apply": "après le changement",
    "help.when_rollback": "après l’annulation",
    "help.yes": "ne pas demander de confirmation",
    "help.profile_of": (
        "part des profils de FILE (JSON : profil vers liste de règles ; docs/benchmarks.md dit comment l’écrire) à "
        "laquelle les vérifications répondent ; SCHEME est ssg"
    ),
    "help.only": "un profil de FILE (option répétable ; par défaut : tous)",
    "help.profile_counts": "ne compter que ce que ce profil de Rempart sélectionne, avec ses valeurs",
    "help.at_least": "code de retour 1 si la réponse à un profil est moindre, en pourcentage",
    "help.missing": "lister les règles auxquelles il est répondu en partie ou pas du tout",
    "help.foreign_rules": (
        "lister toutes les règles : comment il y est répondu, par quelles vérifications et, entre [ ], par quelles "
        "lignes de leurs preuves (% remplace n’importe quel texte)"
    ),
}
