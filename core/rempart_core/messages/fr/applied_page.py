"""The words of what a plan came to, and an undo, on the terminal."""

TEXTS = {
    "applied_page.again": "{check} reste, et a été corrigé de nouveau : il partage {things}",
    "applied_page.again_alone": "{check} reste, et a été corrigé de nouveau",
    "applied_page.host": "MACHINE",
    "applied_page.kept": "conservé",
    "applied_page.lost": "PERDUE",
    "applied_page.none": "Rien à corriger.",
    "applied_page.nothing_stands": "Changement {id} : {sum}.",
    "applied_page.open": "laissée ouverte",
    "applied_page.regressed": "aggravé : {check}  {seen}",
    "applied_page.restored": "rétabli : {count}",
    "applied_page.result": "Changement {id} : {sum}. Annuler : rempart rollback {id}",
    "applied_page.reverted": "annulé",
    "applied_page.state": "ÉTAT",
    "applied_page.unseen": "ne se juge plus : {checks}",
    "applied_page.untouched": "intacte",
}
