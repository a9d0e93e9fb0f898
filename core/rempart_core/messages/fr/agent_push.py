"""What the installed agent says where it sends its documents to a server."""

TEXTS = {
    "agent_push.again": "{why} ; nouvel essai dans {seconds} s",
    "agent_push.authorities": "le fichier des AC ne contient aucun certificat PEM",
    "agent_push.busy": "un autre `rempart-agent push` travaille sur {folder}",
    "agent_push.certificate": "son certificat n’est pas valable pour cet agent : {error}",
    "agent_push.enrol_about": "faire connaître l’agent installé à un serveur, auquel il envoie alors ses documents",
    "agent_push.enrol_long": (
        "Fait connaître l’agent installé à un serveur (`rempart server`). Le secret d’un groupe l’admet aussitôt ; "
        "sans secret, il attend que quelqu’un l’accepte là-bas. Dès lors, `rempart-agent push` envoie ses documents à "
        "ce serveur. Code de retour : 0, 2 si le serveur le refuse, 3 si le serveur est injoignable."
    ),
    "agent_push.enrol_refused": "{url} refuse cet agent : {why}",
    "agent_push.enrolled": "enrôlé auprès de {url} : nœud {node}, groupe {group}",
    "agent_push.help_ca": "certificats d’AC du serveur, PEM ; aucun autre n’est cru",
    "agent_push.help_keep": "ne rien faire si l’agent est déjà enrôlé auprès de ce serveur ; affiche « unchanged »",
    "agent_push.help_name": "nom de cette machine sur le serveur (par défaut : le sien)",
    "agent_push.help_once": "un seul essai ; par défaut, un serveur injoignable est réessayé jusqu’à ce que tout parte",
    "agent_push.help_secret": "fichier contenant le secret d’un groupe",
    "agent_push.help_server": "adresse du serveur, https://NOM:PORT",
    "agent_push.late": "il n’a pas répondu à temps",
    "agent_push.name": "« {name} » n’est pas un nom de machine",
    "agent_push.no_http": "sa réponse n’est pas du HTTP ({error})",
    "agent_push.no_secret": "{path} doit contenir un seul secret, et rien d’autre",
    "agent_push.no_text": "{path} n’est pas un fichier texte de ce genre",
    "agent_push.not_enrolled": "l’agent n’est enrôlé auprès d’aucun serveur ({folder}) ; lancez `rempart-agent enrol`",
    "agent_push.push_about": "envoyer les documents en attente au serveur auprès duquel l’agent est enrôlé",
    "agent_push.push_long": (
        "Envoie les documents en attente au serveur, du plus ancien au plus récent. Chacun est supprimé ici une fois "
        "que le serveur l’a enregistré ; un document refusé reste, et le motif est affiché. Un serveur injoignable est "
        "réessayé après un délai aléatoire de 30 s au plus, puis de 1 h au plus, jusqu’à ce que tout soit envoyé. Code "
        "de retour : 0, 3 si des documents sont refusés ou, avec --once, s’il en reste."
    ),
    "agent_push.refused": "le serveur refuse le document {number} : {why}",
    "agent_push.settings": "{path} est endommagé ; relancez `rempart-agent enrol`",
    "agent_push.status": "réponse inattendue (statut HTTP {status})",
    "agent_push.stopped": "arrêté ; les autres documents restent",
    "agent_push.stored": "{count:document enregistré|documents enregistrés}",
    "agent_push.unchanged": "unchanged",
    "agent_push.unreachable": "le serveur {url} : {error}",
    "agent_push.url": "« {url} » n’est pas l’adresse d’un serveur ; attendu : https://NOM:PORT",
    "agent_push.waits": (
        "{url} connaît cet agent comme nœud {node}, qui attend d’être accepté : sur le serveur, comparez la clé et "
        "lancez `rempart server node accept {node} --group GROUPE`\nclé {key}"
    ),
}
