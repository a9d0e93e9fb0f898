"""Incidents: what is recorded, refused and told."""

TEXTS = {
    "incident.answer_wrong": "la réponse de la machine est illisible",
    "incident.answer_wrong_why": "la réponse de la machine est illisible : {error}",
    "incident.at_entry": "entrée {place} : {fault}",
    "incident.cannot_list": "impossible de lister son contenu : {error}",
    "incident.cannot_read": "impossible de lire {path} : {error}",
    "incident.cannot_write": "impossible d’écrire {path} : {error}",
    "incident.closed": "l’incident {incident} est clos",
    "incident.closed_now": "clos ; tête {hash}",
    "incident.collected": (
        "{items:élément collecté|éléments collectés}, {parts} en partie, {missed:manquant|manquants} : {folder}"
    ),
    "incident.collected_manifest": "manifeste {digest}",
    "incident.cut_at": "coupé à {size:octet|octets}",
    "incident.damaged": "le registre de {incident} est endommagé : {fault}",
    "incident.damaged_no_entry": "le registre de {incident} est endommagé ; aucune entrée n’est ajoutée : {fault}",
    "incident.empty": "il est vide",
    "incident.end_missing": "la fin manque",
    "incident.entry_chain": (
        "elle ne suit pas l’entrée précédente : l’une des deux a été modifiée, ou une entrée manque entre elles"
    ),
    "incident.entry_foreign": "elle appartient à l’incident {incident}",
    "incident.entry_number": (
        "son numéro est {number} au lieu de {expected} : une entrée manque ou n’est pas à sa place"
    ),
    "incident.entry_signature": "sa signature est invalide",
    "incident.entry_signer": "elle est signée d’une autre clé que les précédentes",
    "incident.evidence_first": (
        "aucune preuve de {host} n’a été collectée, et l’isolement modifie les preuves : rempart incident collect "
        "{incident}, ou --evidence-later MOTIF"
    ),
    "incident.evidence_line": "  preuves    {folder} : {items:élément|éléments}, {failed:manquant|manquants}, {time}",
    "incident.file_changed": "élément {number} ({name}) : {file} diffère de ce qui a été collecté",
    "incident.file_name_foreign": "élément {number} ({name}) : le nom du fichier n’a pas été créé par Rempart",
    "incident.file_not_regular": "élément {number} ({name}) : {file} n’est pas un fichier ordinaire",
    "incident.file_unreadable": "élément {number} ({name}) : {file} : {error}",
    "incident.finishing": "l’étape en cours se termine d’abord",
    "incident.folder_signer": "{folder} : signé d’une autre clé : {key}",
    "incident.folder_unlisted": "{name} ne figure dans aucune entrée de la chronologie",
    "incident.folder_unusable": "impossible de conserver un incident dans {folder} : {error}",
    "incident.from_elsewhere": "{host} est cette machine, le contrôleur : traitez ses incidents depuis une autre",
    "incident.gate_more": "{count} de plus",
    "incident.gate_refuses": "non remise en service : l’audit (SHA-256 {digest}) ne le permet pas : {obstacles}",
    "incident.head_cut": "il contenait {number:entrée|entrées} et en contient {count} : la fin manque",
    "incident.head_damaged": "sa tête est endommagée",
    "incident.head_expected": "il ne contient pas la tête attendue : il a été réécrit, ou il est plus ancien",
    "incident.head_foreign": "sa tête ne lui appartient pas",
    "incident.head_old": "sa tête est plus ancienne que ses entrées",
    "incident.head_other": "sa tête n’est pas celle qui a été signée",
    "incident.host_unreachable": "la machine est injoignable",
    "incident.in_future": "{option} {text} : ce moment est à venir",
    "incident.interrupted": "la collecte a été interrompue",
    "incident.isolated": (
        "{host} est isolée : seule {address} peut l’atteindre, sur le port {port}. Les appels et sessions de cette "
        "machine sont coupés : prévenez le responsable de plateau."
    ),
    "incident.isolated_again": "{host} était déjà isolée : seule {address} peut l’atteindre, sur le port {port}.",
    "incident.lacks": "l’incident {incident} ne peut pas être clos ; il manque :",
    "incident.lacks_conclusion": "une conclusion : --conclusion TEXTE",
    "incident.lacks_delay": "le motif du retard de la notification, art. 33(1) : {note} --delay MOTIF",
    "incident.lacks_evidence": "des preuves : rempart incident collect {incident}, ou --no-evidence MOTIF",
    "incident.lacks_informed": (
        "l’information des personnes concernées ({note} --informed COMMENT) ou le motif de ne pas les informer, art. "
        "34 ({note} --not-informing MOTIF)"
    ),
    "incident.lacks_notification": (
        "la notification à l’autorité ({note} --notified AUTORITÉ) ou la décision motivée de ne pas notifier, art. "
        "33(1) ({note} --no-notification MOTIF)"
    ),
    "incident.lacks_release": "la fin de l’isolement : rempart incident release {incident}",
    "incident.last_closed": "aucun incident de {host} n’est ouvert ; le dernier, {incident}, est clos",
    "incident.lead_signs": (
        "le responsable de l’incident doit signer : --signed-by NOM (ou --force MOTIF, avec --approved-by NOM)"
    ),
    "incident.lifts_itself": (
        "La machine lève son isolement d’elle-même dans {seconds:seconde|secondes}, sauf nouvel isolement."
    ),
    "incident.line_cut": "sa dernière ligne est tronquée",
    "incident.list_none": "aucun incident n’est ouvert",
    "incident.logs_skipped": "omis : {reason}",
    "incident.manifest_damaged": "son manifeste est endommagé",
    "incident.manifest_foreign": "son manifeste appartient à une autre collecte",
    "incident.manifest_other": "son manifeste n’est pas celui consigné dans la chronologie",
    "incident.manifest_signature": "la signature de son manifeste est invalide",
    "incident.manifest_unreadable": "impossible de lire son manifeste : {error}",
    "incident.missed": "{names} : {reason}",
    "incident.missed_many": "{names} et {more} de plus : {reason}",
    "incident.needs_root": (
        "certaines tables demandent root, et {user} n’est pas root : devenez root (-b, ansible_become)"
    ),
    "incident.never_controller": "{host} est cette machine, le contrôleur : elle n’est jamais isolée",
    "incident.no_evidence_folder": "ce n’est pas un dossier de preuves",
    "incident.no_inventory": "-i INVENTAIRE manque : l’incident a été ouvert sans inventaire",
    "incident.none_open": "aucun incident de {host} n’est ouvert : rempart incident open {name}{hint}",
    "incident.not_a_host_name": "« {name} » n’est pas le nom d’une machine",
    "incident.not_an_entry": "ce n’est pas une entrée",
    "incident.not_in_manifest": "{name} n’est pas dans son manifeste",
    "incident.not_isolated": "{host} n’est pas isolée",
    "incident.not_isolated_stuck": (
        "non isolée : {why}. L’annulation a échoué ; la machine annule d’elle-même sous deux minutes : vérifiez alors "
        "de nouveau ({failures})"
    ),
    "incident.not_isolated_undone": "non isolée : {why}. Le changement partiel a été annulé",
    "incident.not_isolated_why": "non isolée : {why}",
    "incident.not_one_host": "{name} est un groupe ou un motif, pas une machine de l’inventaire",
    "incident.not_released_why": "non remise en service : {why}",
    "incident.noted": "noté",
    "incident.noted_lacking": "noté ; il manque à l’art. 33(3) : {options}",
    "incident.nothing_came": "rien n’est arrivé",
    "incident.nothing_to_note": "rien à noter : donnez un texte ou une des options",
    "incident.obstacle_gap": "{check} {title} : non vérifié",
    "incident.obstacle_open": "{check} {title} : non-conformité",
    "incident.only_ssh": (
        "{host} s’atteint par {connection} : seules les machines atteintes par SSH peuvent être isolées"
    ),
    "incident.open_already": "l’incident {incident} de {host} est déjà ouvert",
    "incident.opened": (
        "l’incident {incident} de {host} est ouvert ; les 72 heures de l’article 33 du RGPD prennent fin le {end}\n"
        "ensuite : rempart incident collect {incident}, puis rempart incident isolate {incident}"
    ),
    "incident.other_signer": "il est signé d’une autre clé : {signer}",
    "incident.path_wrong": "--path {path} : donnez un chemin absolu, ou un motif tel que /srv/%",
    "incident.released": "{host} est remise en service.",
    "incident.rules_other": (
        "Ses règles de pare-feu diffèrent de celles d’avant l’isolement (gardées dans {folder}) : elles ont changé "
        "depuis."
    ),
    "incident.rules_same": "Ses règles de pare-feu sont celles d’avant l’isolement.",
    "incident.same_person": "--approved-by {name} : c’est la personne qui agit ; {what} demande une seconde personne",
    "incident.second_person": "{what} demande une seconde personne : --approved-by NOM",
    "incident.second_person_or": "{what} demande une seconde personne : --approved-by NOM (ou {option} MOTIF)",
    "incident.show_damaged": "ENDOMMAGÉ : {fault}",
    "incident.still_isolated": "non remise en service : la machine ne confirme pas que l’isolement est levé",
    "incident.stopped": "interrompu",
    "incident.temporary_address": (
        "ATTENTION : {address} est une adresse temporaire de cette machine. Quand elle changera, plus personne "
        "n’atteindra {host} : remettez la machine en service avant, ou isolez-la de nouveau depuis une adresse stable."
    ),
    "incident.timeline_broken": "la chronologie de {incident} est rompue à l’entrée {place} : {fault}",
    "incident.timeline_signer": "la chronologie de {incident} est signée d’une autre clé : {key}",
    "incident.timeline_unreadable": "impossible de lire la chronologie dans {folder} : {error}",
    "incident.timeline_unwritable": "impossible d’écrire la chronologie dans {folder} : {error}",
    "incident.too_many_today": "impossible de conserver un incident dans {folder} : il y en a trop aujourd’hui",
    "incident.unknown": "il n’y a pas d’incident {id}{hint}",
    "incident.unpack": "les données ne peuvent pas être décompressées : {error}",
    "incident.verify_broken": "ROMPU : {fault}",
    "incident.verify_head": "tête  {head}",
    "incident.verify_intact": (
        "INTACT : {entries:entrée|entrées}, {items:élément de preuve|éléments de preuve} en "
        "{collections:collecte|collectes}, {missed:manquant|manquants}"
    ),
    "incident.verify_key": "clé   {key}",
    "incident.what_force": "une remise en service forcée",
    "incident.what_isolating": "isoler une machine",
}
