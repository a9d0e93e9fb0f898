"""Textes du domaine registers_command : ce que dit ``rempart registers``."""

TEXTS = {
    "registers_command.added": "{file} : ajouté {row}",
    "registers_command.entries": "{count:entrée|entrées}",
    "registers_command.invented": "Cette organisation est inventée (sample: true) : rien ici n’est un fait.",
    "registers_command.no_option": "{name} n’a pas {option} : {known}",
    "registers_command.no_such_evidence": "aucune entrée n’a le fichier {file}{hint}",
    "registers_command.no_values": "{name} prend {known}",
    "registers_command.not_kept": "Non tenus : {names}",
    "registers_command.pinned": "{register} : {file}",
    "registers_command.pinned_count": "{count:empreinte inscrite|empreintes inscrites}",
    "registers_command.sound": "{count:registre|registres}, {entries} : aucune erreur",
    "registers_command.stated": "{count:entrée repose|entrées reposent} sur une déclaration sans fichier : {names}",
}
