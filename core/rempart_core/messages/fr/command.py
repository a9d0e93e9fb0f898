"""Texts of the area command."""

TEXTS = {
    "command.checks_import_fleet": "importer des politiques de Fleet comme vérifications",
    "command.import_fleet_long": (
        "Importer les politiques d’un dossier de fichiers YAML de Fleet comme vérifications, avec leurs cas de test. "
        "Ce qui ne peut pas être importé est énuméré avec la raison. Rien n’est écrasé. Code de sortie : 0 tout est "
        "importé, 1 des politiques sont laissées de côté, 2 mauvais usage."
    ),
    "command.report_long": (
        "Écrire un rapport sur l’état du parc et de l’organisation d’après une base : pour la direction, les "
        "auditeurs et d’autres outils. Code de retour : 0 écrit, 2 erreur d’usage ou de contenu, 3 écrit, et "
        "l’audit est incomplet (la première page le dit)."
    ),
    "command.report": "écrire le rapport à remettre",
    "command.accept_long": (
        "Faire confiance à l’agent d’une machine : les résultats signés de cette clé, sur cette machine. Comparez les "
        "deux avec la sortie de `rempart-agent identity` sur la machine. Le playbook install_agent.yml le fait pour "
        "vous. Code de sortie : 0, 2 un autre agent est connu sous ce nom."
    ),
    "command.agent": "gérer les agents installés et leurs clés",
    "command.agent_about": "Gérer les agents installés et leurs clés.",
    "command.agent_accept": "faire confiance à l’agent d’une machine",
    "command.agent_forget": "ne plus faire confiance à l’agent d’une machine",
    "command.agent_list": "lister les agents de confiance",
    "command.agent_list_long": "Lister les agents de confiance, par machine.",
    "command.agent_program_compare": "auditer cette machine avec deux moteurs et afficher leurs différences",
    "command.agent_program_deliver": "livrer les documents en attente à un contrôleur (qui l’appelle lui-même)",
    "command.agent_program_extension": "servir les tables supplémentaires à un osqueryd en marche",
    "command.agent_program_identity": "afficher l’identité de machine et la clé publique, pour le contrôleur",
    "command.agent_program_query": "exécuter du SQL, afficher une table ou du JSON",
    "command.agent_program_run": "auditer ; signer le document d’audit et le garder pour le contrôleur, ou l’afficher",
    "command.agent_program_tables": "lister les tables disponibles",
    "command.agent_query_long": (
        "Exécuter du SQL sur cette machine ou un système de fichiers racine. Sans SQL, ou avec `-`, il est lu sur "
        "l’entrée standard. Code de sortie : 0 réponse (éventuellement sans ligne), 1 la requête ou une source a "
        "échoué, 19 une colonne requise n’est pas contrainte (comme osqueryi)."
    ),
    "command.agent_run_long": (
        "Auditer cette machine. Si l’agent est installé (/etc/rempart/agent.yaml existe, ou --config nomme son "
        "fichier), le document d’audit est signé avec la clé de cette machine et attend dans un spool qu’un "
        "contrôleur l’ait enregistré ; le code de sortie est 0, car c’est le contrôleur qui juge. Sinon, et avec "
        "--print ou toute option ci-dessous, il est affiché (JSON) sur la sortie standard. {status}"
    ),
    "command.agent_wheelhouse": "télécharger les paquets de l’agent, pour des machines sans accès à internet",
    "command.apply": "appliquer un plan par vagues, auditer de nouveau, garder les améliorations et annuler le reste",
    "command.apply_long": (
        "Appliquer un plan de `rempart plan` : une machine d’abord, puis un dixième, puis le reste. Avant chaque "
        "changement, la machine sauvegarde ce qu’il touche ; un correctif qui pourrait couper l’accès s’exécute sous "
        "un minuteur de la machine qui l’annule. Un nouvel audit par une nouvelle connexion décide : les régressions "
        "sont annulées, et aucune autre vague ne commence. Code de sortie : 0 tout est corrigé, 1 quelque chose ne "
        "l’est pas ou a été annulé, 2 mauvais usage ou plan périmé, 3 une machine est perdue ou sans réponse."
    ),
    "command.audit": "auditer cette machine, un système de fichiers racine, ou les machines d’un inventaire",
    "command.audit_interrupted": "INTERROMPU : {reason} ; les rapports disent ce qui n’a pas été interrogé",
    "command.audit_kept": (
        "les réponses sont gardées : la même commande avec --resume les rapporte et les enregistre, sans interroger "
        "de nouveau"
    ),
    "command.audit_long": (
        "Auditer cette machine, un système de fichiers racine, ou les machines d’un inventaire Ansible. Les "
        "non-conformités vont sur la sortie standard, la progression et les erreurs sur la sortie d’erreur. Sans "
        "root, l’audit se fait quand même et indique les vérifications qui demandent root. {status}"
    ),
    "command.audit_nobody": (
        "INTERROMPU : {reason} ; l’audit a fini avant de connaître ses machines, aucune n’a été interrogée"
    ),
    "command.audit_unfinished": "INTERROMPU : {reason} ; machines non interrogées : {missing} sur {total}",
    "command.audit_unfinished_resume": (
        "INTERROMPU : {reason} ; machines non interrogées : {missing} sur {total} ; la même commande avec --resume "
        "les interroge"
    ),
    "command.changes": (
        "lister les changements consignés sur les machines : ouverts, gardés, annulés, par tout contrôleur"
    ),
    "command.changes_long": (
        "Lister les changements consignés sur chaque machine d’un inventaire, quel qu’en soit l’auteur. Rien n’est "
        "changé. Code de sortie : 0 toutes ont répondu, 2 mauvais usage, 3 une machine est sans réponse."
    ),
    "command.checks": "lister, afficher, valider, tester et créer des vérifications ; couverture des référentiels",
    "command.checks_about": "Gérer les vérifications.",
    "command.checks_coverage": "afficher les exigences d’un référentiel auxquelles les vérifications contribuent",
    "command.checks_lint": "valider les vérifications et leurs cas de test",
    "command.checks_list": "lister les vérifications disponibles",
    "command.checks_list_long": "Lister les vérifications disponibles.",
    "command.checks_new": "créer une vérification et ses cas de test comme point de départ",
    "command.checks_show": "afficher une vérification : ce qu’elle examine, ce qu’elle attend, et comment corriger",
    "command.checks_test": "exécuter les cas de test des vérifications",
    "command.compare_long": (
        "Auditer cette machine avec le moteur intégré et avec un osquery réel, et afficher chaque vérification dont "
        "l’état diffère, avec les preuves des deux. Code de sortie : 0 identiques, 1 différents, 2 mauvais usage, 3 "
        "un moteur n’est pas disponible."
    ),
    "command.completion": "afficher un script de complétion pour votre shell",
    "command.completion_long": (
        "Afficher un script de complétion pour votre shell : commandes, options, vérifications, profils et machines "
        "(de la base et de l’inventaire de la ligne). Dans ~/.bashrc : source <(rempart completion bash). Dans "
        '~/.zshrc, après compinit : eval "$(rempart completion zsh)". Une fois : rempart completion fish > '
        "~/.config/fish/completions/rempart.fish ; rempart completion tcsh > ~/.rempart.tcsh, chargé par ~/.tcshrc."
    ),
    "command.coverage_long": (
        "Afficher les exigences d’un référentiel auxquelles les vérifications contribuent, celles qui relèvent de "
        "mesures organisationnelles, et celles qui ne sont pas couvertes. Une vérification contribue à une exigence ; "
        "elle n’y satisfait jamais à elle seule."
    ),
    "command.deliver_long": (
        "Livrer les documents signés en attente à un contrôleur par l’entrée et la sortie standard ; `rempart audit "
        "-i` l’appelle par SSH sur une machine avec rempart_agent. Les documents enregistrés sont supprimés ici."
    ),
    "command.diff": (
        "comparer deux passages : régressions, améliorations, nouvelles vérifications, vérifications devenues "
        "impossibles"
    ),
    "command.diff_long": (
        "Comparer deux documents d’audit (rempart audit --json). Code de sortie : 0 pas de régression, 1 une "
        "régression ou une vérification devenue impossible, 2 mauvais usage, 3 un fichier n’est pas un document "
        "d’audit."
    ),
    "command.drift": "comparer les derniers passages de la base : régressions d’abord",
    "command.drift_long": (
        "Afficher la dérive du parc de la base, d’après le dernier résultat connu de chaque machine : régressions "
        "d’abord, puis machines qui ne répondent plus et nouvelles machines. Code de sortie : 0 pas de régression, 1 "
        "une régression, ou une vérification ou machine qui n’est plus observable, 2 mauvais usage, 3 la base est "
        "illisible."
    ),
    "command.exit_status": (
        "Code de sortie : 0 audité et rien d’ouvert au seuil ou au-dessus ; 1 non-conformités ; 2 mauvais usage ou "
        "contenu ; 3 audit incomplet (une erreur, une vérification sans les droits nécessaires, rien d’audité), qui "
        "prime sur 1 ; 130 ou 143 interrompu (Ctrl-C, SIGTERM)."
    ),
    "command.export": "écrire les passages signés et leur chaîne dans un fichier, pour un auditeur",
    "command.export_long": (
        "Écrire les documents d’audit signés de la base et leur chaîne dans un fichier, que `rempart verify` vérifie "
        "sans base ni réseau. Code de sortie : 0, 1 un passage ou un document manque dans la base (il est nommé ; le "
        "fichier est écrit), 2 mauvais usage ou rien n’est signé, 3 échec."
    ),
    "command.extension_long": (
        "S’enregistrer auprès d’un osqueryd en marche et servir les tables rempart_ jusqu’à sa fin. osqueryd le lance "
        "lui-même si son extensions.load nomme un programme créé par --write."
    ),
    "command.fleet": (
        "afficher le parc, maintenant ou un jour donné : non-conformités par machine, machines sans réponse, âge de "
        "chaque réponse"
    ),
    "command.fleet_long": (
        "Afficher l’état de chaque machine, maintenant ou un jour donné, les plus exposées d’abord, et sa dernière "
        "réponse. Code de sortie : 0, 2 mauvais usage, 3 la base est illisible."
    ),
    "command.forget_long": (
        "Ne plus faire confiance à l’agent d’une machine : la machine compte comme sans réponse jusqu’à ce que "
        "l’agent soit accepté de nouveau."
    ),
    "command.history": (
        "afficher depuis quand chaque non-conformité d’une machine est ouverte, ou l’historique d’une vérification"
    ),
    "command.history_long": (
        "Afficher ce que la base contient sur une machine (non-conformités ouvertes et depuis quand, mises à jour en "
        "attente, chaque changement) ou sur une vérification (chaque machine, et chaque changement). Code de sortie : "
        "0, 2 nom inconnu, 3 la base est illisible."
    ),
    "command.identity_long": (
        "Afficher l’identité de cette machine (hachée) et la clé publique de son agent installé (créée si elle "
        "manque), pour `rempart agent accept`."
    ),
    "command.incident": (
        "traiter un incident : preuves, isolement, remise en service, horloge des 72 heures, registre à l’épreuve des "
        "altérations"
    ),
    "command.incident_about": (
        "Traiter un incident sur une machine. Chaque étape est consignée dans une chronologie qui ne fait que "
        "croître, chaînée par hachage et signée de votre clé. Code de sortie : 0, 1 un registre est endommagé, 2 "
        "mauvais usage ou refus, 3 échec ou éléments manquants."
    ),
    "command.incident_close": "clore un incident ; indique ce qui manque",
    "command.incident_collect": (
        "collecter des preuves, du plus volatil au moins volatil, scellées par un manifeste signé"
    ),
    "command.incident_isolate": "isoler la machine : seul le contrôleur peut l’atteindre",
    "command.incident_list": "lister les incidents ouverts et le temps restant pour notifier",
    "command.incident_note": "consigner ce qui est connu, décidé ou fait",
    "command.incident_open": "ouvrir un incident pour une machine et lancer les horloges",
    "command.incident_release": "lever l’isolement après un audit et la signature du responsable de l’incident",
    "command.incident_show": (
        "afficher un incident : horloges, chronologie et projet de notification (RGPD, article 33(3))"
    ),
    "command.incident_verify": "vérifier que la chronologie et les preuves d’un incident sont complètes et inchangées",
    "command.keep_needs_store": "--keep supprime d’anciennes données d’une base : il manque --store",
    "command.lint_long": "Valider les vérifications et leurs cas de test.",
    "command.location_needs_sarif": "--sarif-location : il manque --sarif",
    "command.location_wrong": "--sarif-location {path} : un fichier du dépôt est attendu, par un chemin relatif",
    "command.needs_inventory": "--{option} concerne les machines d’un inventaire : -i INVENTORY manque",
    "command.new_long": "Créer DIR/AREA/<id>-<slug>.yaml et ses cas de test comme point de départ. Rien n’est écrasé.",
    "command.no_image_host": (
        "--role image est pour un système de fichiers racine (--root), pas pour les machines d’un inventaire"
    ),
    "command.not_with_inventory": "--{option} ne se combine pas avec un inventaire (-i)",
    "command.notify_needs_store": "--notify compare au passage précédent de la base : --store manque",
    "command.plan": "montrer ce que les correctifs changeraient, et où ; ne change rien",
    "command.plan_long": (
        "Auditer les machines d’un inventaire (ou, avec --store, auditer de nouveau ce qui avait échoué), exécuter à "
        "blanc les correctifs des non-conformités, et écrire ce qui changerait dans un plan pour `rempart apply`. "
        "Rien n’est changé. Code de sortie : 0 rien à corriger, 1 quelque chose à corriger, 2 mauvais usage ou "
        "contenu, 3 une machine est sans réponse."
    ),
    "command.query": "exécuter une requête SQL sur les machines d’un inventaire",
    "command.query_long": (
        "Exécuter une requête SQL sur les machines d’un inventaire. Code de sortie : 0 toutes ont répondu "
        "(éventuellement sans ligne), 1 la requête ou une source a échoué sur une machine, 2 mauvais usage, 3 une "
        "machine est sans réponse (prime sur 1)."
    ),
    "command.registers": "personnes, politiques, incidents : registres de preuves datées, jugés comme les machines",
    "command.registers_about": (
        "Les registres sont des listes dans vos propres fichiers (YAML ou CSV, dans git) : qui a été formé, ce qui a "
        "été restauré, quelle violation a été notifiée. Chaque entrée a une date et une preuve ; `rempart audit "
        "--registers DIR` les juge."
    ),
    "command.registers_add": "ajouter une entrée ; l’empreinte de sa preuve est inscrite",
    "command.registers_due": "énumérer ce qui arrive à échéance ou est en retard",
    "command.registers_forget": "retirer les entrées des personnes parties depuis plus d’un an",
    "command.registers_init": "commencer un dossier de registres : cinq questions au plus",
    "command.registers_lint": "valider les registres ; toutes les erreurs à la fois",
    "command.registers_pin": "inscrire l’empreinte des preuves à côté de leur nom",
    "command.risk": "risque du parc et des scénarios, avec chaque terme ; en accepter un",
    "command.rollback": "annuler un changement et auditer de nouveau ; sans CHANGE, lister les changements",
    "command.rollback_long": (
        "Restaurer ce qu’un changement a sauvegardé sur chaque machine, avec propriétaire, mode et état des services, "
        "et auditer ce qu’il avait corrigé. Sans CHANGE, lister les changements : quand, par qui, sur combien de "
        "machines, avec quel résultat, et ce qui a été annulé. Code de sortie : 0 restauré, 1 quelque chose n’a pas "
        "pu l’être, 2 mauvais usage, 3 une machine est sans réponse."
    ),
    "command.root_empty": "--root : le nom du dossier est vide",
    "command.schedule": "planifier un audit chaque nuit avec systemd ou cron",
    "command.schedule_long": (
        "Écrire un service et un minuteur systemd, ou une ligne pour cron, qui lance `rempart audit` avec les options "
        "après --. Ils sont d’abord affichés, puis écrits après confirmation. Root écrit des unités du système, les "
        "autres celles de l’utilisateur. Code de sortie : 0, 2 mauvais usage ou pas de confirmation, 3 écriture ou "
        "démarrage impossible."
    ),
    "command.show_long": "Afficher une vérification : ce qu’elle examine, ce qu’elle attend, et comment corriger.",
    "command.stale_needs_store": "--stale lit dans la base quand les machines ont répondu : --store manque",
    "command.tables_long": (
        "Lister les tables du moteur intégré et ce qu’un système de fichiers racine offre de chacune : full (comme "
        "une machine en marche), part (certaines colonnes), none (demande un système en marche)."
    ),
    "command.test_long": "Exécuter les cas de test des vérifications.",
    "command.verify": "vérifier qu’un fichier exporté est complet, inchangé et dans l’ordre",
    "command.verify_attestation": "vérifier qu’une image est celle qui a été testée, et avec quel résultat",
    "command.verify_attestation_long": (
        "Vérifier une attestation de `rempart audit --attest` : qui l’a signée, et qu’elle nomme chacune de ces "
        "images. Ne demande pas de réseau. Code de sortie : 0 authentique et PASSED ou WARNED, 1 authentique et "
        "FAILED, 2 mauvais usage, 3 non prouvé (signature, clé, image, âge, ou vérification exigée qui n’a pas réussi)."
    ),
    "command.verify_long": (
        "Vérifier qu’un fichier de `rempart export` est complet, inchangé et dans l’ordre. Ne demande ni base ni "
        "réseau, seulement les clés qui peuvent avoir signé. Code de sortie : 0 intact et signé d’une clé donnée, 1 "
        "rompu (le premier maillon rompu est nommé), 2 mauvais usage, 3 aucune clé donnée : cohérent en soi, ce qui "
        "ne prouve rien."
    ),
    "command.wheelhouse_long": (
        "Télécharger les paquets de l’agent dans DIR, un dossier par type de machine, avec pip tel qu’il est "
        "configuré ici. Le playbook install_agent.yml s’en sert. Rien n’est téléchargé si le dossier est complet et "
        "de cette version."
    ),
}
