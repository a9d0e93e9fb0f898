"""The help of ``rempart incident``."""

TEXTS = {
    "incident_help.alone": "continuer sans seconde personne (le motif est consigné)",
    "incident_help.approved_by": "nom de la seconde personne qui approuve",
    "incident_help.as_ansible": "comme l’option d’Ansible ; répétable",
    "incident_help.ask_become_pass": "demander le mot de passe de sudo",
    "incident_help.ask_pass": "demander le mot de passe de connexion",
    "incident_help.become": "devenir root si l’inventaire ne le précise pas",
    "incident_help.by": "nom de la personne qui agit (par défaut : le nom de connexion)",
    "incident_help.checks_dir": "dossier de vos propres vérifications ; répétable",
    "incident_help.close": (
        "Clore un incident ; indique ce qui manque. Il faut une conclusion, des preuves, la fin de "
        "l’isolement, et la notification ou la décision motivée."
    ),
    "incident_help.collect": (
        "Collecter des preuves, du plus volatil au moins volatil : hachées à l’arrivée et scellées par un "
        "manifeste signé. Les tables sont lues par la connexion, sans rien écrire sur la machine ; puis "
        "Ansible récupère les journaux. Ce qui manque est indiqué, et le code de sortie est 3."
    ),
    "incident_help.conclusion": "résultat de l’enquête",
    "incident_help.draft": "n’afficher que le projet",
    "incident_help.evidence_later": "isoler avant la collecte des preuves (le motif est consigné)",
    "incident_help.force": "remettre en service sans audit ; demande deux personnes (le motif est consigné)",
    "incident_help.force_approved_by": "avec --force : nom de la seconde personne qui approuve",
    "incident_help.head": "une tête gardée auparavant, que la chronologie doit contenir",
    "incident_help.host_deadline": "délai de réponse de la machine (par défaut : {seconds})",
    "incident_help.incident": "numéro de l’incident, tel que 20261125-1, ou nom de sa machine",
    "incident_help.inventory": (
        "inventaire Ansible ; répétable (par défaut : celui avec lequel l’incident a été ouvert)"
    ),
    "incident_help.isolate": (
        "Isoler la machine : son pare-feu (nftables) n’accepte plus que SSH depuis le contrôleur, même après "
        "redémarrage ; les sessions ouvertes sont coupées. L’isolement est confirmé par une nouvelle "
        "connexion, et annulé si elle échoue. Collectez d’abord les preuves."
    ),
    "incident_help.json": "afficher un objet JSON",
    "incident_help.json_lines": "afficher en lignes JSON",
    "incident_help.key": "clé publique qui doit avoir signé ; répétable (par défaut : la vôtre)",
    "incident_help.list": "Lister les incidents ouverts et le temps restant pour notifier.",
    "incident_help.list_all": "inclure les incidents clos",
    "incident_help.log": "collecter aussi ce fichier ou dossier, en plus de /var/log ; répétable",
    "incident_help.no_evidence": "pourquoi aucune preuve n’a été collectée",
    "incident_help.no_logs": "ne pas collecter les journaux (le motif est consigné)",
    "incident_help.note": "Consigner ce qui est connu, décidé ou fait ; le projet de notification le reprend.",
    "incident_help.note_at": "quand cela a été fait, UTC (par défaut : maintenant)",
    "incident_help.note_consequences": "art. 33(3)(c) : conséquences probables",
    "incident_help.note_contact": "art. 33(3)(b) : délégué à la protection des données ou autre point de contact",
    "incident_help.note_count": "art. 33(3)(a) : nombre approximatif",
    "incident_help.note_delay": "art. 33(1) : motif d’une notification après plus de 72 heures",
    "incident_help.note_early_warning": "NIS2 : l’alerte précoce a été donnée (--at)",
    "incident_help.note_informed": "les personnes concernées ont été informées, art. 34 (--at)",
    "incident_help.note_measures": "art. 33(3)(d) : mesures prises ou envisagées",
    "incident_help.note_nature": "art. 33(3)(a) : les faits",
    "incident_help.note_nis2_notified": "NIS2 : l’incident a été notifié (--at)",
    "incident_help.note_nis2_report": "NIS2 : le rapport final a été remis (--at)",
    "incident_help.note_no_notification": (
        "pas de notification : pourquoi un risque pour les personnes est peu probable, art. 33(1)"
    ),
    "incident_help.note_not_informing": (
        "les personnes concernées ne sont pas informées : pas de risque élevé, ou un cas de l’art. 34(3)"
    ),
    "incident_help.note_notified": "l’autorité de contrôle a été notifiée (--at)",
    "incident_help.note_people": "art. 33(3)(a) : catégories de personnes concernées",
    "incident_help.note_records": "art. 33(3)(a) : catégories d’enregistrements concernés",
    "incident_help.note_text": "texte libre",
    "incident_help.open": (
        "Ouvrir un incident pour une machine et lancer les horloges. Les 72 heures de l’article 33 du RGPD "
        "courent dès la prise de connaissance : maintenant, sauf autre indication."
    ),
    "incident_help.open_aware": (
        "moment de la prise de connaissance, UTC : 2026-11-25T13:00, ou 3h pour il y a trois heures (par "
        "défaut : maintenant)"
    ),
    "incident_help.open_host": "nom de la machine dans l’inventaire",
    "incident_help.open_title": "brève description des faits",
    "incident_help.path": (
        "collecter aussi les métadonnées de ce chemin, ou d’un motif tel que /srv/% (un niveau) ou /srv/%% "
        "(tous les niveaux) ; répétable"
    ),
    "incident_help.private_key": "clé privée pour la connexion",
    "incident_help.release": (
        "Lever l’isolement après un audit et la signature du responsable de l’incident. La machine est d’abord "
        "auditée avec tout son profil ; une non-conformité critique sans dérogation, ou une vérification "
        "impossible, la maintient isolée. Seul l’isolement est retiré."
    ),
    "incident_help.revert_after": (
        "la machine lève l’isolement d’elle-même après ce délai, au moins {least} (par défaut : jamais)"
    ),
    "incident_help.revert_wrong": "« {text} » : donnez un nombre de secondes, {least} ou plus",
    "incident_help.show": (
        "Afficher un incident : horloges, chronologie et projet de notification (RGPD, article 33(3)). Code de "
        "sortie : 0, ou 1 si son registre est endommagé."
    ),
    "incident_help.signed_by": "nom du responsable de l’incident",
    "incident_help.user": "se connecter en tant que NAME si l’inventaire ne nomme pas d’utilisateur",
    "incident_help.verify": (
        "Vérifier que la chronologie et les preuves d’un incident sont complètes et inchangées. Ne demande pas "
        "de réseau. Code de sortie : 0 intact, 1 rompu (avec la raison)."
    ),
    "incident_help.way": "connexion à la machine",
    "incident_help.store": (
        "base des résultats d’alors, pour ce qui était chiffré (défaut : $REMPART_STORE, sinon la vôtre)"
    ),
}
