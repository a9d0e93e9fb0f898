"""The clocks of an incident: what has to be done until when, and how much time is left."""

TEXTS = {
    "incident_clock.done": "fait, {span} avant le terme",
    "incident_clock.early_warning": "NIS2, alerte précoce (24 h)",
    "incident_clock.gdpr": "RGPD art. 33, notification (72 h)",
    "incident_clock.late": "fait, en RETARD de {span}",
    "incident_clock.left": "il reste {span}",
    "incident_clock.nis2": "NIS2, notification (72 h)",
    "incident_clock.nis2_report": "NIS2, rapport final (1 mois)",
    "incident_clock.over": "DÉPASSÉ depuis {span}",
    "incident_clock.span": "{hours} h {minutes} min",
}
