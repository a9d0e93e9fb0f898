"""French for what an incident says and records."""

FRENCH = {
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
