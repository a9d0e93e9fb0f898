"""Texts of the area incident_close."""

TEXTS = {
    "incident_close.due": "avec --lesson : échéance, AAAA-MM-JJ (défaut : dans 15 jours)",
    "incident_close.lesson": "ce qui est à améliorer : une entrée du registre actions ; répétable",
    "incident_close.needs_registers": "{option} demande --registers",
    "incident_close.no_restore": (
        "le registre restores n’a pas d’entrée {id}{hint} ; l’ajouter d’abord : `rempart registers add restores "
        "{folder} --host {host} --id …`"
    ),
    "incident_close.old_restore": "la restauration {id} date du {date}, avant la connaissance de l’incident",
    "incident_close.owner": "avec --lesson : qui s’en charge, par pseudonyme",
    "incident_close.registers": (
        "dossier des registres : la violation est ajoutée à breaches, chaque --lesson à actions, avant la clôture"
    ),
    "incident_close.restore": "l’entrée du registre restores par laquelle la machine a été restaurée",
    "incident_close.risk": "avec --registers : le risque de la violation pour les personnes : {known}",
    "incident_close.severity": "avec --lesson : {known} (défaut : high)",
    "incident_close.which_risk": "--registers demande --risk : {known}",
    "incident_close.whose": "--lesson demande --owner",
    "incident_close.written": "registres à jour : {registers}",
}
