"""French for what is recorded or said in English alone: errors of incidents, what our roles and modules say of a host.

A signed record has one language, whoever reads it later; and what runs on an endpoint speaks English as Ansible does.
So the English text is the key here, ``{}`` for what varies in it, and whoever shows it translates it. What nobody knows
(words of Ansible, of a program, of another system) stays as it is.
"""

import re
from functools import cache

from rempart_core.text import Text

_INCIDENT = {
    "{} {}: this is in the future": "{} {} : ce moment est à venir",
    "the incident {} of {} is open already": "l’incident {} de {} est déjà ouvert",
    "{} is this machine, the controller: incidents of it are handled from another one": (
        "{} est cette machine, le contrôleur : ses incidents se traitent depuis une autre"
    ),
    "{} is this machine, the controller: it is never isolated": (
        "{} est cette machine, le contrôleur : elle n’est jamais isolée"
    ),
    "what root alone sees": "ce que root seul voit",
    "{} is not root: become root (-b, ansible_become)": "{} n’est pas root : devenez root (-b, ansible_become)",
    "not asked for: {}": "non demandé : {}",
    "the collection was interrupted": "la collecte a été interrompue",
    "nothing came": "rien n’est venu",
    "interrupted": "interrompu",
    "the rest": "le reste",
    "no evidence of {} was collected, and an isolation changes what there is to see: rempart incident collect {}, or "
    "--evidence-later REASON": (
        "aucune preuve de {} n’a été collectée, et un isolement change ce qu’il y a à voir : rempart incident collect "
        "{}, ou --evidence-later MOTIF"
    ),
    "{} can't be written: {}": "{} ne peut pas être écrit : {}",
    "{} can't be read: {}": "{} ne peut pas être lu : {}",
    "{} is not isolated": "{} n’est pas isolée",
    "isolating a host": "isoler une machine",
    "a release by force": "une remise en service par la force",
    "the incident lead signs: --signed-by NAME (or --force REASON, with --approved-by NAME)": (
        "le responsable de l’incident signe : --signed-by NOM (ou --force MOTIF, avec --approved-by NOM)"
    ),
    "nothing to note: give a text, or one of the options": "rien à noter : donnez un texte, ou une des options",
    "its conclusion: --conclusion TEXT": "sa conclusion : --conclusion TEXTE",
    "the incident {} can't be closed, it lacks:\n  - {}": (
        "l’incident {} ne peut pas être clos, il lui manque :\n  - {}"
    ),
    "the end of its isolation: {}": "la fin de son isolement : {}",
    "evidence: {}, or --no-evidence REASON": "des preuves : {}, ou --no-evidence MOTIF",
    "why it was notified late, art. 33(1): {} --delay REASON": (
        "le motif du retard de la notification, art. 33(1) : {} --delay MOTIF"
    ),
    "the notification of the authority ({} --notified AUTHORITY) or the reasoned decision not to, art. 33(1) ({} "
    "--no-notification REASON)": (
        "la notification à l’autorité ({} --notified AUTORITÉ) ou la décision motivée de ne pas notifier, art. 33(1) "
        "({} --no-notification MOTIF)"
    ),
    "that the people concerned were informed ({} --informed HOW) or why not, art. 34 ({} --not-informing REASON)": (
        "l’information des personnes concernées ({} --informed COMMENT) ou le motif de ne pas les informer, art. 34 "
        "({} --not-informing MOTIF)"
    ),
    "--path {}: give an absolute path, or a pattern as /srv/%": (
        "--path {} : donnez un chemin absolu, ou un motif tel que /srv/%"
    ),
    "the endpoint's answer makes no sense": "la réponse de la machine n’a pas de sens",
    "the endpoint's answer makes no sense: {}": "la réponse de la machine n’a pas de sens : {}",
    "what came can't be unpacked: {}": "ce qui est venu ne peut pas être décompressé : {}",
    "cut at {} bytes": "coupé à {} octets",
    "its end is missing": "sa fin manque",
    "only its last {} of {} bytes": "seulement ses {} derniers octets sur {}",
    "only its newest entries: {} bytes": "seulement ses entrées les plus récentes : {} octets",
    "only its newest entries: it took too long": "seulement ses entrées les plus récentes : cela durait trop longtemps",
    "left out: what changed later has filled the limit": ("laissé de côté : ce qui a changé depuis a rempli la limite"),
    "its manifest is not the one that the timeline names": "son manifeste n’est pas celui que nomme la chronologie",
    "its manifest is damaged": "son manifeste est endommagé",
    "the signature of its manifest is not right": "la signature de son manifeste n’est pas juste",
    "its manifest belongs to something else": "son manifeste appartient à autre chose",
    "its manifest can't be read: {}": "son manifeste ne peut pas être lu : {}",
    "{} is not in its manifest": "{} n’est pas dans son manifeste",
    "it can't be listed: {}": "son contenu ne peut pas être listé : {}",
    "item {} ({}): {}": "élément {} ({}) : {}",
    "its file has a name that is none of ours": "son fichier porte un nom qui n’est pas des nôtres",
    "{} is no regular file": "{} n’est pas un fichier ordinaire",
    "{} is not what was collected": "{} n’est pas ce qui a été collecté",
    "{} stands in no entry of the timeline": "{} ne figure dans aucune entrée de la chronologie",
    "this is no folder of evidence": "ce n’est pas un dossier de preuves",
    "no incident can be kept in {}: {}": "aucun incident ne peut être conservé dans {} : {}",
    "there are too many of today": "il y en a trop aujourd’hui",
    "there is no incident {}": "il n’y a pas d’incident {}",
    "the record of {} is damaged, nothing is added to it: {}": (
        "le registre de {} est endommagé, rien n’y est ajouté : {}"
    ),
    "the record of {} is damaged: {}": "le registre de {} est endommagé : {}",
    "the incident {} is closed": "l’incident {} est clos",
    "did you mean {}?": "vouliez-vous dire {} ?",
    "no incident of {} is open; the last one is {}, and closed": (
        "aucun incident de {} n’est ouvert ; le dernier est {}, et clos"
    ),
    "no incident of {} is open: {}": "aucun incident de {} n’est ouvert : {}",
    "not released, the audit (SHA-256 {}) does not allow it: {}": (
        "non remise en service, l’audit (SHA-256 {}) ne le permet pas : {}"
    ),
    "the host can't be reached": "la machine est injoignable",
    "not isolated: {}": "non isolée : {}",
    "{}. It can't be undone from here; the host undoes it by itself within two minutes: look again then ({})": (
        "{}. Cela ne peut pas être annulé d’ici ; la machine l’annule d’elle-même sous deux minutes : regardez alors "
        "de nouveau ({})"
    ),
    "{}. What was begun is undone": "{}. Ce qui était commencé est annulé",
    "no way in": "pas d’accès",
    "no quarantine": "pas de quarantaine",
    "no change": "pas de changement",
    "not released: {}": "non remise en service : {}",
    "the host does not say that its isolation is gone": "la machine ne dit pas que son isolement est levé",
    "it was signed with another key: {}": "il est signé d’une autre clé : {}",
    "it does not hold the head that is expected: it was rewritten, or is older": (
        "il ne contient pas la tête attendue : il a été réécrit, ou il est plus ancien"
    ),
    "{} needs a second person: --approved-by NAME": "{} demande une seconde personne : --approved-by NOM",
    "{} needs a second person: --approved-by NAME{}": "{} demande une seconde personne : --approved-by NOM{}",
    " (or {} REASON)": " (ou {} MOTIF)",
    "--approved-by {}: this is who does it; {} needs a second person": (
        "--approved-by {} : c’est qui agit ; {} demande une seconde personne"
    ),
    "its last line has no end": "sa dernière ligne n’a pas de fin",
    "it is empty": "il est vide",
    "entry {}: {}": "entrée {} : {}",
    "this is no entry": "ce n’est pas une entrée",
    "it belongs to the incident {}": "elle appartient à l’incident {}",
    "its number is {}, {} is expected: an entry is missing, or out of its order": (
        "son numéro est {}, {} est attendu : une entrée manque, ou n’est pas à sa place"
    ),
    "it does not follow the entry before: one of both was changed, or one between them is missing": (
        "elle ne suit pas l’entrée précédente : l’une des deux a été modifiée, ou une entrée manque entre elles"
    ),
    "it was signed with another key than the entries before": "elle est signée d’une autre clé que les précédentes",
    "its signature is not right": "sa signature n’est pas juste",
    "its head is damaged": "sa tête est endommagée",
    "its head is not the one that was signed": "sa tête n’est pas celle qui a été signée",
    "{} entries were in it, {} are: what stood at the end is missing": (
        "il contenait {} entrées, il y en a {} : ce qui était à la fin manque"
    ),
    "its head does not belong to it": "sa tête ne lui appartient pas",
    "its head is older than its entries": "sa tête est plus ancienne que ses entrées",
    "the timeline in {} can't be read: {}": "la chronologie dans {} ne peut pas être lue : {}",
    "the timeline in {} can't be written: {}": "la chronologie dans {} ne peut pas être écrite : {}",
    "the timeline of {} is broken at entry {}: {}": "la chronologie de {} est rompue à l’entrée {} : {}",
    "the timeline of {} was signed with another key: {}": "la chronologie de {} est signée d’une autre clé : {}",
    "{} is no name of one host": "{} n’est pas le nom d’une machine",
    "-i INVENTORY is missing: the incident was opened without one": (
        "-i INVENTAIRE manque : l’incident a été ouvert sans inventaire"
    ),
    "{} is no host of the inventory, but a group or a pattern": (
        "{} n’est pas une machine de l’inventaire, mais un groupe ou un motif"
    ),
    "{} is reached by {}: only SSH leaves a way in": "{} s’atteint par {} : seul SSH laisse un accès",
}

_ENDPOINT = {
    "Only Linux with systemd and nftables can be isolated: isolate this one at the switch.": (
        "Seul un Linux avec systemd et nftables s’isole : isolez cette machine au commutateur."
    ),
    "No new connection worked in time: the host has lifted its isolation by itself.": (
        "Aucune nouvelle connexion n’a abouti à temps : la machine a levé son isolement d’elle-même."
    ),
    "the change can not be undone": "le changement ne peut pas être annulé",
    "the controller's address can't be told: the connection is not one of SSH": (
        "l’adresse du contrôleur est inconnue : la connexion n’est pas une connexion SSH"
    ),
    "the controller's address can't be told: {} is none": "l’adresse du contrôleur est inconnue : {} n’en est pas une",
    "the connection comes from the host itself: the controller is never isolated": (
        "la connexion vient de la machine elle-même : le contrôleur n’est jamais isolé"
    ),
    "the rules of nftables can't be read: {}": "les règles de nftables ne peuvent pas être lues : {}",
    "more than {} MiB would have to be saved": "il faudrait sauvegarder plus de {} Mio",
    "{} is not a folder that only root may write to": "{} n’est pas un dossier où root seul peut écrire",
    "{} is damaged: {}": "{} est endommagé : {}",
    "change {} of {} is under way here": "le changement {} de {} est en cours ici",
    "this endpoint knows no change {}": "cette machine ne connaît aucun changement {}",
    "systemd does not run here: nothing would revert a change that locks us out": (
        "systemd ne tourne pas ici : rien n’annulerait un changement qui nous coupe l’accès"
    ),
    "the timer can't be started: {}": "le minuteur ne peut pas être démarré : {}",
    "what the change would touch can't be saved: {}": "ce que le changement toucherait ne peut être sauvegardé : {}",
    "the change {} did not touch {}": "le changement {} n’a pas touché {}",
    "the manifest of the change is not the one that was written": (
        "le manifeste du changement n’est pas celui qui a été écrit"
    ),
    "others could write to {}": "d’autres pouvaient écrire dans {}",
    "what was saved of {} is not what was there": "ce qui a été sauvegardé de {} n’est pas ce qui s’y trouvait",
    "changed since by somebody else: {}": "modifié depuis par quelqu’un d’autre : {}",
    "It can't be found out where sshd listens, so nothing is refused.": (
        "On ne peut pas savoir où sshd écoute, donc rien n’est refusé."
    ),
    "/etc/pam.d/common-auth was edited by hand, and pam-auth-update leaves it alone.": (
        "/etc/pam.d/common-auth a été modifié à la main, et pam-auth-update n’y touche pas."
    ),
    "This kernel is without Yama; it needs another one.": "Ce noyau est sans Yama ; il en faut un autre.",
    "root itself connects here, and none of its keys is in approved_root_keys.": (
        "root lui-même se connecte ici, et aucune de ses clés n’est dans approved_root_keys."
    ),
    "Name the sensor in the inventory, as rempart_sensor with packages (a list) and service": (
        "Nommez la sonde dans l’inventaire : rempart_sensor avec packages (une liste) et service"
    ),
    "Name the collector in the inventory, as rempart_log_collector with host, port and ca_file": (
        "Nommez le collecteur dans l’inventaire : rempart_log_collector avec host, port et ca_file"
    ),
    "firewalld: make a policy from zone HOST to zone ANY by hand, see the instruction of FWL-05.": (
        "firewalld : faites à la main une politique de la zone HOST vers la zone ANY, voir l’instruction de FWL-05."
    ),
}


def translate(text: str, language: str = "fr") -> str:
    """Return a text of ours in French where it is wanted and known, and every other one as it is."""
    if language != "fr" or not text:
        return text
    return _match(text) or _by_pieces(text) or text


def both(text: str) -> Text:
    """Return a text in both languages, as far as it is known."""
    return Text(text, translate(text))


def _match(text: str) -> str:
    for pattern, french in _patterns():
        if found := pattern.fullmatch(text):
            parts = french.split("{}")
            told = [translate(one) for one in found.groups()]
            return parts[0] + "".join(one + part for one, part in zip(told, parts[1:], strict=True))
    return ""


def _by_pieces(text: str) -> str:
    """Translate what is listed, or follows a colon: ``the task: what went wrong``."""
    for mark, french in (("\n  - ", "\n  - "), ("; ", " ; ")):
        if mark in text:
            return french.join(translate(one) for one in text.split(mark))
    head, colon, rest = text.partition(": ")
    told = translate(rest) if colon else rest
    return f"{head} : {told}" if told != rest else ""


@cache
def _patterns() -> "list[tuple[re.Pattern[str], str]]":
    """Return patterns with their French, those first of which most is fixed."""
    known = sorted((_INCIDENT | _ENDPOINT).items(), key=lambda one: -len(one[0].replace("{}", "")))
    return [(re.compile("(.+?)".join(map(re.escape, en.split("{}"))), re.DOTALL), fr) for en, fr in known]
