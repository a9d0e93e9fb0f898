"""Texts of the area time."""

TEXTS = {
    "time.no_date": (
        "« {text} » n’est pas une date ; donnez le numéro d’un passage, une date telle que 2026-11-25, une "
        "heure telle que 2026-11-25T13:00, ou un âge tel que 7d ou 24h"
    ),
    "time.wrong": (
        "« {text} » : donnez le numéro d’un passage, une date telle que 2026-11-25, une heure telle que "
        "2026-11-25T13:00, ou un âge tel que 7d ou 24h"
    ),
}
