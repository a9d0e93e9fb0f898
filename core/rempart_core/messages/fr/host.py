"""Why a host did not answer, or could not be asked."""

TEXTS = {
    "host.agent_no_documents": "l’agent ne livre aucun document",
    "host.agent_other_key": (
        "son agent n’a pas la clé connue ({known}) : rien de lui n’est accepté. Si vous l’avez réinstallé, lancez "
        ": {how}"
    ),
    "host.agent_other_machine": (
        "son agent tourne sur une autre machine que celle connue ({known}) : rien de lui n’est accepté. Si vous "
        "l’avez réinstallée, lancez : {how}"
    ),
    "host.agent_spool": "le spool de l’agent dépasse {size} Mio",
    "host.agent_ssh_only": "les documents d’un agent installé ne se récupèrent que par SSH",
    "host.agent_unknown": (
        "son agent est inconnu. Comparez avec `rempart-agent identity` sur la machine, puis lancez : {how}"
    ),
    "host.agent_unreadable": "la réponse de l’agent est illisible",
    "host.answer_too_large": "une réponse dépasse {size} Mio ou est incomplète",
    "host.answer_unreadable": "sa réponse est illisible",
    "host.answers_too_large": "ses réponses dépassent {size} Mio au total",
    "host.become": "pas le droit de changer d’utilisateur : {said}",
    "host.become_method": "ansible_become_method vaut « {method} » ; Rempart prend en charge sudo et su",
    "host.child_closed": "il a fermé sa sortie",
    "host.child_ended": "fin inattendue (code de sortie {status})",
    "host.child_ended_said": "fin inattendue (code de sortie {status}) : {said}",
    "host.child_heavy": "plus de {size} Mio ont été affichés",
    "host.child_late": "pas de réponse",
    "host.child_memory": "plus de {size} Mio de mémoire ont été pris",
    "host.child_signal": "fin inattendue (signal {signal})",
    "host.child_signal_said": "fin inattendue (signal {signal}) : {said}",
    "host.cmd_stuck": "cmd.exe ne se termine pas",
    "host.connection_unknown": "ansible_connection « {name} » n’est pas pris en charge (possibles : {known})",
    "host.deadline": "pas de réponse avant le délai",
    "host.deadline_said": "pas de réponse avant le délai : {said}",
    "host.documents_wait": "{host} : ses documents sont enregistrés, et y attendent encore : {error}",
    "host.ended": "la connexion a été perdue : {error}",
    "host.engine_local": "--engine {engine} : une connexion locale n’utilise que le moteur intégré",
    "host.engine_ssh": "--engine {engine} : par SSH, seuls le collecteur (embedded) et osqueryi peuvent répondre",
    "host.engine_windows": "--engine {engine} : sous Windows seul osqueryi peut répondre",
    "host.frame_too_large": "un message dépasse à lui seul {amount}",
    "host.gone": "la connexion est perdue",
    "host.greeting": "accueil inattendu du collecteur",
    "host.no_answer": "pas de réponse",
    "host.no_baseline": "cette machine n’est pas dans la référence : toutes ses non-conformités comptent",
    "host.no_collector": "le collecteur n’a pas pu être lancé",
    "host.no_command": "aucune commande ne peut être lancée : {error}",
    "host.no_connection": "pas de connexion : {cause}",
    "host.no_greeting": "pas d’accueil du collecteur au début de sa sortie",
    "host.no_osquery_windows": "osquery n’est pas installé dans {place} ; sous Windows seul osquery peut répondre",
    "host.no_pipes": "pas de canal vers le programme",
    "host.no_program": "{program} n’est pas installé : {said}",
    "host.not_a_port": "« {value} » n’est pas un port",
    "host.not_linux": "le collecteur ne fonctionne que sous Linux, et c’est {system} : utilisez --engine osqueryi",
    "host.osqueryi_silent": "osqueryi ne répond pas : {error}",
    "host.program_failed": "impossible de lancer {program} : {error}",
    "host.python": "python3 est en version {version} ; le collecteur demande 3.8 ou plus récent",
    "host.requiretty": (
        "sudo exige un terminal (requiretty) ; autorisez l’absence de terminal dans sudoers : Defaults:COMPTE "
        "!requiretty"
    ),
    "host.run_deadline": "le délai de tout l’audit, {deadline} s, est atteint",
    "host.said_line": "{host} : {said}",
    "host.says_nothing": "elle ne dit rien",
    "host.service_confined": (
        "le service est isolé et ne voit pas cette machine telle qu’elle est : rempart schedule --local-hosts"
    ),
    "host.settings": "la machine n’a pas pu être interrogée : {reason}",
    "host.silent": "la machine n’a pas répondu : {reason}",
    "host.slow_handshake": "la négociation a pris trop de temps",
    "host.ssh_arguments": "les arguments de ssh sont illisibles : {error}",
    "host.ssh_auth": "{user}@{place} : échec de la connexion : {error}",
    "host.ssh_closed": "{place} a fermé la connexion pendant l’authentification",
    "host.ssh_dropped": "{place} ferme la connexion avant le début de SSH : {error}",
    "host.ssh_jump": "{place} est injoignable par la machine de rebond : {error}",
    "host.ssh_jumps": "trop de machines de rebond",
    "host.ssh_key_changed": (
        "la clé d’hôte de {name} a CHANGÉ ({kind} SHA256:{fingerprint}) : le système a été réinstallé, ou "
        "quelqu’un intercepte la connexion. Acceptez-la seulement si vous savez pourquoi : {forget} && {accept}"
    ),
    "host.ssh_key_open": "{path} : d’autres utilisateurs peuvent la lire ; faites chmod 600",
    "host.ssh_key_passphrase": (
        "{path} : demande une phrase secrète ; chargez la clé dans ssh-agent, ou définissez "
        "ansible_ssh_private_key_passphrase"
    ),
    "host.ssh_key_revoked": "la clé d’hôte de {name} est révoquée",
    "host.ssh_key_unknown": (
        "la clé d’hôte de {name} est inconnue ({kind} SHA256:{fingerprint}) ; vérifiez-la, puis acceptez-la : {accept}"
    ),
    "host.ssh_key_unusable": "{path} : clé privée inutilisable : {error}",
    "host.ssh_no_command": "commande SSH refusée : {error}",
    "host.ssh_no_connection": "pas de connexion SSH à {place} : {text}",
    "host.ssh_no_session": "session SSH refusée : {error}",
    "host.ssh_nothing_taken": (
        "{user}@{place} : échec de la connexion : aucune clé ni aucun mot de passe n’a été accepté"
    ),
    "host.ssh_nothing_taken_why": (
        "{user}@{place} : échec de la connexion : aucune clé ni aucun mot de passe n’a été accepté ({why})"
    ),
    "host.ssh_password": "{user}@{place} : échec de la connexion : le mot de passe a été refusé",
    "host.ssh_silent": "{place} ne répond pas",
    "host.ssh_unreached": "{place} : {error}",
    "host.sudo_asks": "sudo demande un mot de passe, et aucun n’a été fourni",
    "host.sudo_refuses": "sudo refuse le mot de passe",
    "host.table_other": "sa réponse sur {table} ne correspond pas à la question",
    "host.table_row": "sa réponse sur {table} contient une ligne mal formée",
    "host.table_unreadable": "sa réponse sur {table} est illisible",
    "host.too_many_rounds": "la machine demande sans cesse d’autres lectures (limite : {rounds} tours)",
    "host.variable_choice": "{name} vaut « {value} » (possibles : {known})",
    "host.variable_disagree": "{variable} et une autre variable donnent des valeurs différentes pour {check}.{name}",
    "host.variable_failed": "{variable} ne peut pas être évalué : {error}",
    "host.variable_form": "{variable} doit avoir la forme {form}",
    "host.variable_text": "{name} n’est pas un texte",
    "host.variable_truth": "{name} vaut « {value} » (possibles : true, false)",
    "host.variable_unknown": "variable inconnue {name}{hint}",
    "host.variable_waivers": "rempart_waivers n’est ni le chemin d’un fichier de dérogations ni une liste de chemins",
    "host.variable_yes_no": "{name} vaut « {value} » (possibles : « yes », « no »)",
    "host.waiver_long": (
        "la dérogation de {check} est sans effet : le profil permet {days} jours et elle dure plus ({place})"
    ),
    "host.winrm_basic": (
        "l’authentification basic ne peut pas transmettre les caractères de ce mot de passe ; utilisez ntlm"
    ),
    "host.winrm_busy": "la machine est occupée : {said}",
    "host.winrm_certificate_https": "la connexion par certificat exige https",
    "host.winrm_denied": "{user} n’a pas le droit d’utiliser WinRM : {said}",
    "host.winrm_encryption": "la connexion chiffrée a été perdue",
    "host.winrm_fault": "{said} (erreur WinRM {code})",
    "host.winrm_kerberos": "{said} ; pip install ’rempart[kerberos]’",
    "host.winrm_login": "échec de la connexion : {said}",
    "host.winrm_no_answer": "réponse de WinRM invalide : {error}",
    "host.winrm_no_authority": "les certificats de confiance {path} n’existent pas",
    "host.winrm_no_file": "{variable} : {path} : ce fichier n’existe pas",
    "host.winrm_no_password": "ansible_password manque",
    "host.winrm_no_user": "ansible_user manque",
    "host.winrm_none": "pas de WinRM à {url} (statut HTTP {code})",
    "host.winrm_not_given": "{variable} manque",
    "host.winrm_not_ready": "WinRM n’est pas prêt (statut HTTP {code})",
    "host.winrm_plain": "la réponse n’est pas chiffrée : quelqu’un intercepte peut-être la connexion",
    "host.winrm_port": "ansible_port vaut « {value} », qui n’est pas un port",
    "host.winrm_redirects": "le serveur redirige trop de fois",
    "host.winrm_refused": "connexion refusée pour {user}",
    "host.winrm_refused_certificate": "connexion refusée pour ce certificat",
    "host.winrm_scheme": "ansible_winrm_scheme vaut « {value} » (possibles : http, https)",
    "host.winrm_shell_gone": "le shell distant s’est terminé : {said}",
    "host.winrm_tls": "échec de TLS : {cause}",
    "host.winrm_too_busy": "la machine est trop occupée",
    "host.winrm_transport": "ansible_winrm_transport vaut « {value} » (possibles : {known})",
    "host.winrm_untrusted": (
        "son certificat n’est pas reconnu ; indiquez l’autorité dans ansible_winrm_ca_trust_path ({cause})"
    ),
    "host.worker_deadline": "pas de réponse en {deadline:seconde|secondes}",
    "host.worker_ended": "le processus qui l’auditait s’est arrêté : {error}",
}
