"""Textes du domaine registers_command : ce que dit ``rempart registers``."""

TEXTS = {
    "registers_command.added": "{file} : ajouté {row}",
    "registers_command.and_more": "{names} et {count} de plus",
    "registers_command.answer_needed": "une réponse est nécessaire",
    "registers_command.ask_by": "Votre pseudonyme, comme p-001 (jamais un nom) ?",
    "registers_command.ask_dpo": "Pseudonyme du délégué à la protection des données (vide : personne n’est désigné) ?",
    "registers_command.ask_headcount": "Combien de personnes ont accès aujourd’hui (selon la paie) ?",
    "registers_command.ask_name": "Nom de l’organisation ?",
    "registers_command.begun": "{folder} contient déjà des registres : {names}",
    "registers_command.do_confirm": "confirmer la liste",
    "registers_command.do_deadline": "{names} : échéance",
    "registers_command.do_notify": "notifier {names}, ou décider de ne pas le faire",
    "registers_command.do_renew": "renouveler {names}",
    "registers_command.due_of": "{register} : {what}",
    "registers_command.entries": "{count:entrée|entrées}",
    "registers_command.evidence_left": (
        "Plus aucune entrée ne nomme ces fichiers ; supprimez-les vous-même s’ils ne concernent personne d’autre "
        ": {names}"
    ),
    "registers_command.forget_question": "Retirer les entrées de {count:personne|personnes} ?",
    "registers_command.forget_rows": "{file} : {count:entrée|entrées}",
    "registers_command.forgotten": "{count:personne oubliée|personnes oubliées}",
    "registers_command.git_keeps": (
        "L’historique de git garde ce qui a été retiré, comme les copies et les rapports ; le réécrire (git "
        "filter-repo) est votre décision."
    ),
    "registers_command.in_days": "dans {count:jour|jours}",
    "registers_command.invented": "Cette organisation est inventée (sample: true) : rien ici n’est un fait.",
    "registers_command.next_people": (
        "Ensuite, le registre des personnes, une à la fois : rempart registers add people {folder} --id {by} "
        "--team … --kind employee"
    ),
    "registers_command.no_option": "{name} n’a pas {option} : {known}",
    "registers_command.no_such_evidence": "aucune entrée n’a le fichier {file}{hint}",
    "registers_command.no_terminal": "pas de terminal : répondez avec {options}",
    "registers_command.no_values": "{name} prend {known}",
    "registers_command.no_yes": "pas de terminal : donnez --yes pour confirmer",
    "registers_command.nobody_forgotten": "personne n’est parti depuis plus d’un an",
    "registers_command.not_forgotten": "rien n’a été retiré",
    "registers_command.not_kept": "Non tenus : {names}",
    "registers_command.nothing_due": "rien n’arrive à échéance d’ici {count:jour|jours}",
    "registers_command.overdue": "{count:jour|jours} de retard",
    "registers_command.pinned": "{register} : {file}",
    "registers_command.pinned_count": "{count:empreinte inscrite|empreintes inscrites}",
    "registers_command.sample_alone": "--sample invente tout : retirez les autres options",
    "registers_command.sample_made": "{count:registre|registres}, leurs preuves et runs.jsonl écrits dans {folder}",
    "registers_command.sound": "{count:registre|registres}, {entries} : aucune erreur",
    "registers_command.stated": "{count:entrée repose|entrées reposent} sur une déclaration sans fichier : {names}",
    "registers_command.still_named": "d’autres entrées nomment encore {names} : ces personnes restent dans le registre",
}
