"""Texts of the area server_node."""

TEXTS = {
    "server_node.accepted": "le nœud {node} ({name}) est actif dans le groupe {group}",
    "server_node.clone": "doublon possible : {why}",
    "server_node.command_enrol": (
        "afficher ce qu’il faut à une machine avec osquery pour rendre compte : fichier d’options, AC, secret"
    ),
    "server_node.command_group": "groupes de machines, et le profil avec lequel elles sont auditées",
    "server_node.command_node": "lister, accepter, révoquer ou fusionner les machines qui rendent compte",
    "server_node.command_secret": "renouveler, révoquer ou lister les secrets d’inscription d’un groupe",
    "server_node.duration": "{text} n’est pas une durée de dix ans au plus : écrivez 90s, 30m, 24h ou 7d",
    "server_node.enrol_at_once": "--expires : le secret expirerait aussitôt",
    "server_node.enrol_files": (
        "enregistrez les trois sections sous {flags}, {ca} et {secret} ; "
        "que seuls les administrateurs puissent lire la dernière"
    ),
    "server_node.enrol_long": (
        "Afficher le fichier d’options, l’AC et un nouveau secret pour les machines d’un groupe, en trois sections qui "
        "commencent par # --- NOM ---. Un osqueryd démarré avec ces fichiers s’inscrit dans le groupe et est audité. "
        "Le secret n’est affiché qu’une fois. Code de retour : 0 affiché, 2 groupe inconnu, 3 base inutilisable."
    ),
    "server_node.enrol_next": ("puis redémarrez osquery : {restart}. Le secret du groupe {group} ne sera plus affiché"),
    "server_node.group_add": "créer un groupe",
    "server_node.group_added": "le groupe {name} est audité avec le profil {profile}",
    "server_node.group_list": "lister les groupes",
    "server_node.group_listed": "{name}  {profile}  {nodes:machine|machines}",
    "server_node.group_long": (
        "Groupes de machines. Chacun a un profil, et peut avoir un rôle et des paramètres ; ses machines sont auditées "
        "avec eux. Un compte ne voit que les machines de ses groupes."
    ),
    "server_node.group_name": (
        "{name} n’est pas un nom de groupe : 1 à 64 lettres, chiffres et . _ -, sans ponctuation au début"
    ),
    "server_node.group_nodes": "le groupe {name} a des machines ; déplacez-les d’abord dans un autre groupe",
    "server_node.group_remove": "supprimer un groupe sans machines, avec ses secrets",
    "server_node.group_role": "  rôle : {role}",
    "server_node.group_set": "changer ce avec quoi les machines d’un groupe sont auditées",
    "server_node.group_there": "il y a déjà un groupe {name}",
    "server_node.help_expires": "durée de validité du secret : 90s, 30m, 24h, 30d (sans limite par défaut)",
    "server_node.help_grace": "durée pendant laquelle les secrets remplacés restent valables (7d par défaut)",
    "server_node.help_group": "nom du groupe",
    "server_node.help_host": "nom d’une machine de la base auditée par une autre voie, et que ce nœud est",
    "server_node.help_into": "la même machine, inscrite à nouveau : elle continue sous le nom de NODE",
    "server_node.help_node": "numéro ou nom de la machine, comme les affiche `rempart server node list`",
    "server_node.help_of_group": "seulement les machines de ce groupe",
    "server_node.help_param": "valeur d’un paramètre ; répétable ; un texte vide efface tous ceux d’un groupe",
    "server_node.help_platform": "où se trouvent les fichiers d’osquery (linux par défaut)",
    "server_node.help_profile": "profil avec lequel les machines sont auditées",
    "server_node.help_role": 'rôle des machines (reconnu sur chacune par défaut ; "" rétablit ce défaut)',
    "server_node.help_to_group": "groupe où va la machine ; nécessaire pour un agent en attente",
    "server_node.help_uses": "nombre de machines qui peuvent s’inscrire avec le secret (sans limite par défaut)",
    "server_node.merged": "le nœud {node} a été fusionné avec un autre",
    "server_node.merged_host": "le nœud {node} est désormais la machine {name}",
    "server_node.merged_into": "le nœud {node} continue comme nœud {into}",
    "server_node.needs_group": "le nœud {node} n’a pas encore de groupe : --group GROUP",
    "server_node.no_group": "il n’y a pas de groupe {name}{hint}",
    "server_node.no_groups": "il n’y a pas de groupe ; `rempart server group add` en crée un",
    "server_node.no_machine": "la base n’a pas de machine {name}",
    "server_node.no_node": "il n’y a pas de nœud {name}{hint}",
    "server_node.no_nodes": "aucune machine ne s’est encore inscrite",
    "server_node.no_secrets": "le groupe {group} n’a pas de secret ; `rempart server enrol` en crée un",
    "server_node.node_accept": "admettre une machine en attente, révoquée, ou qui est un doublon possible",
    "server_node.node_list": "lister les machines : numéro, groupe, nom, voie, état, dernière activité, système",
    "server_node.node_long": "Les machines qui rendent compte : par osquery, ou par l’agent de Rempart.",
    "server_node.node_merge": "traiter deux machines comme une seule",
    "server_node.node_revoke": (
        "exclure une machine : sa clé prend fin, et elle ne peut s’inscrire avant d’être acceptée"
    ),
    "server_node.not_merged": (
        "le nœud {node} ne peut être fusionné avec le nœud {into} : il faut deux nœuds différents d’un même groupe"
    ),
    "server_node.number": "{text} n’est pas un nombre entier à partir de 1",
    "server_node.one_key": "deux machines utilisent une même clé ; leurs résultats ne sont pas vérifiés",
    "server_node.revoked": (
        "le nœud {node} ({name}) est révoqué ; tous les processus le refusent en 30 secondes au plus"
    ),
    "server_node.same_uuid": "il a l’UUID matériel du nœud {node}, et une autre base d’osquery",
    "server_node.secret_ends": ", jusqu’à {time}",
    "server_node.secret_list": "lister les secrets d’un groupe, sans les secrets eux-mêmes",
    "server_node.secret_listed": "{number}  créé {made}  machines : {used} ",
    "server_node.secret_long": (
        "Les secrets d’inscription d’un groupe. Un secret n’est affiché qu’une fois ; la base n’a que son empreinte."
    ),
    "server_node.secret_revoke": (
        "mettre fin maintenant à tous les secrets d’un groupe ; les machines inscrites ne sont pas touchées"
    ),
    "server_node.secret_rotate": "afficher un nouveau secret ; les précédents prennent fin après un délai",
    "server_node.secret_rotated": "{count:secret précédent utilisable|secrets précédents utilisables} jusqu’à {until}",
    "server_node.secrets_revoked": "{count:secret du|secrets du} groupe {group} : révocation faite",
    "server_node.several_nodes": "plusieurs nœuds se nomment {name} : donnez le numéro de l’un d’eux ({numbers})",
    "server_node.state_active": "actif",
    "server_node.state_ended": "expiré",
    "server_node.state_good": "valable",
    "server_node.state_merged": "fusionné",
    "server_node.state_revoked": "révoqué",
    "server_node.state_spent": "épuisé",
    "server_node.state_waiting": "en attente",
}
