"""The clocks of an incident: what has to be done until when, and how much time is left."""

TEXTS = {
    "incident_clock.done": "done, {span} before the end",
    "incident_clock.early_warning": "NIS2 early warning (24 h)",
    "incident_clock.gdpr": "GDPR art. 33, notification (72 h)",
    "incident_clock.late": "done, {span} LATE",
    "incident_clock.left": "{span} left",
    "incident_clock.nis2": "NIS2 notification (72 h)",
    "incident_clock.nis2_report": "NIS2 final report (1 month)",
    "incident_clock.over": "OVER since {span}",
    "incident_clock.span": "{hours} h {minutes} min",
}
