"""Why something of PAM, sudo, doas, access rights or recording is not known, in French."""

TEXTS = {
    "an access list of {count} bytes": "une liste d’accès de {count} octets",
    "an access list of version {data}": "une liste d’accès de version {data}",
    "an access list with entries that the kernel refuses": "une liste d’accès aux entrées que le noyau refuse",
    "an access list with an unknown tag": "une liste d’accès avec une étiquette inconnue",
    "auditd does not start: line {number} is not understood": (
        "auditd ne démarre pas : la ligne {number} est incomprise"
    ),
    "auditd does not start: space_left is not more than admin_space_left": (
        "auditd ne démarre pas : space_left ne dépasse pas admin_space_left"
    ),
    "auditd does not start: flush is incremental and freq is 0": (
        "auditd ne démarre pas : flush est incremental et freq vaut 0"
    ),
    "auditd does not start: log_file lies in /var/log itself": (
        "auditd ne démarre pas : log_file se trouve dans /var/log même"
    ),
    "auditd does not start: {path} is no regular file": "auditd ne démarre pas : {path} n’est pas un fichier ordinaire",
    "auditd does not start: {path} is not root's": "auditd ne démarre pas : {path} n’appartient pas à root",
    "auditd does not start: everybody may write {path}": "auditd ne démarre pas : tout le monde peut écrire {path}",
    "auditctl refuses {path}: no regular file, or everybody may write it": (
        "auditctl refuse {path} : pas un fichier ordinaire, ou tout le monde peut l’écrire"
    ),
    "the rules are locked before it": "les règles sont verrouillées avant elle",
    "the kernel has that rule already": "le noyau a déjà cette règle",
    "whether auditctl takes it is not known": "on ignore si auditctl l’accepte",
    "there is no system call {foreign} on this machine": "l’appel système {foreign} n’existe pas sur cette machine",
    "an older auditctl does not know the system call {new}": (
        "un auditctl plus ancien ne connaît pas l’appel système {new}"
    ),
    "the system calls of this machine are not known": "les appels système de cette machine sont inconnus",
    "this machine has no such system call": "cette machine n’a pas cet appel système",
    "{part}: too many rules are about a part of it": "{part} : trop de règles en concernent une partie",
    "{part}: not understood: {text}": "{part} : incompris : {text}",
    "{part}: a rule leaves it out: {text}": "{part} : une règle l’exclut : {text}",
    "{part}: only a part is traced: {text}": "{part} : seule une partie est tracée : {text}",
    "{part}: no rule": "{part} : aucune règle",
    "the event {event} is not understood": "l’événement {event} est incompris",
    "the audit subsystem is off": "le sous-système d’audit est désactivé",
    "no systemd starts what loads the rules": "aucun systemd ne lance ce qui charge les règles",
    "what the next start brings up is not known": "ce que lance le prochain démarrage est inconnu",
    "auditctl is started in another way than usual": "auditctl est lancé autrement que d’habitude",
    "neither audit-rules.service nor auditd.service loads rules at the start": (
        "ni audit-rules.service ni auditd.service ne charge de règles au démarrage"
    ),
    "the kernel writes {rate} records a second (-r) and loses the rest": (
        "le noyau écrit {rate} enregistrements par seconde (-r) et perd le reste"
    ),
    "-e 0 turns the recording off, unless auditd starts later": (
        "-e 0 désactive l’enregistrement, sauf si auditd démarre ensuite"
    ),
    "permissions that there are not": "des permissions qui n’existent pas",
    "the system call {unknown} is not known": "l’appel système {unknown} est inconnu",
    "it records nothing by itself": "elle n’enregistre rien par elle-même",
    "it is about programs of 32 bits alone": "elle ne concerne que les programmes 32 bits",
    "there is no {watch}": "{watch} n’existe pas",
    "no access is named": "aucun accès n’est nommé",
    "a success with an error does not happen": "un succès avec une erreur n’arrive pas",
    "{text} stops the records of all system calls": "{text} arrête l’enregistrement de tous les appels système",
    "the load may end before it: {text} ({lost})": "le chargement peut s’arrêter avant elle : {text} ({lost})",
    "the field {condition} is not known": "le champ {condition} est inconnu",
    "there is no folder {watch}": "le dossier {watch} n’existe pas",
    "there is no folder {value}": "le dossier {value} n’existe pas",
    "a rule before it takes everything out: {text}": "une règle avant elle exclut tout : {text}",
    "the condition {condition} is not understood": "la condition {condition} est incomprise",
    "whether there is somebody of {condition}": "s’il existe quelqu’un de {condition}",
    "no {name} fits its conditions": "aucun {name} ne remplit ses conditions",
    "{text} leaves out who did it": "{text} omet l’auteur",
    "auditctl refuses it": "auditctl la refuse",
    "who {value} is": "qui est {value}",
    "there is no program {value}": "le programme {value} n’existe pas",
    "there is no file for it, and none for other": "il n’a pas de fichier, et other non plus",
    "{conf} does not exist": "{conf} n’existe pas",
    "{conf} ends within a line": "{conf} se termine au milieu d’une ligne",
    "more than {most} lines with all that is included": "plus de {most} lignes avec tout ce qui est inclus",
    "{where}: includes deeper than {levels}, which older libpam follows on": (
        "{where} : des inclusions à plus de {levels} niveaux, que les anciens libpam suivent"
    ),
    "{where}: what it includes is missing": "{where} : ce qu’il inclut est absent",
    "{where}: a module without a name": "{where} : un module sans nom",
    "{where}: an include without a name, on which libpam itself stumbles": (
        "{where} : une inclusion sans nom, sur laquelle libpam lui-même échoue"
    ),
    "{path} ends within a line": "{path} se termine au milieu d’une ligne",
    "{path}:{number}: no service, on which libpam itself stumbles": (
        "{path}:{number} : aucun service, ce sur quoi libpam lui-même échoue"
    ),
    "{modules} are not known": "{modules} sont inconnus",
    "an @include of a missing file: what libpam does then is left to chance": (
        "un @include d’un fichier absent : ce que fait alors libpam est laissé au hasard"
    ),
    "{module} is not known": "{module} est inconnu",
    "versions of libpam read these files differently": "les versions de libpam lisent ces fichiers différemment",
    "libpam refuses this service: {error}": "libpam refuse ce service : {error}",
    "more than {most} states": "plus de {most} états",
    "a NUL byte": "un octet NUL",
    "a line longer than Linux-PAM before 1.6 reads": "une ligne plus longue que Linux-PAM avant 1.6 n’en lit",
    "a pattern that stands for more than {max_folders} folders": "un motif qui désigne plus de {max_folders} dossiers",
    "line {first}": "ligne {first}",
    "not known whether {command} can be written": "impossible de savoir si {command} est modifiable",
    "what {arguments} decides is not known": "ce que décide {arguments} est inconnu",
    "who is in {account} is not known": "les membres de {account} sont inconnus",
    "not known whether {where} applies ({text})": "impossible de savoir si {where} s’applique ({text})",
    "what SELinux or AppArmor leaves of root is not known": "ce que SELinux ou AppArmor laisse à root est inconnu",
    "the environment may name a library (SETENV, env_keep)": (
        "l’environnement peut nommer une bibliothèque (SETENV, env_keep)"
    ),
    "how much NOEXEC leaves of a pager is not known": "ce que NOEXEC laisse à un afficheur est inconnu",
    "what it runs lies in the folder that one stands in": "ce qu’il lance se trouve dans le dossier courant",
    "not known whether {path} can be written": "impossible de savoir si {path} est modifiable",
    "arguments by a pattern: {path} {wanted}": "des arguments par un motif : {path} {wanted}",
    "not known whether authenticate is set": "impossible de savoir si authenticate est défini",
    "not known whether {where} applies (a digest of {text})": (
        "impossible de savoir si {where} s’applique (une empreinte de {text})"
    ),
    "in force from {moment}": "en vigueur à partir de {moment}",
    "too many rules, aliases, accounts and commands to evaluate": (
        "trop de règles, d’alias, de comptes et de commandes à évaluer"
    ),
    "syntax error": "erreur de syntaxe",
    "unexpected end of the line": "fin de ligne inattendue",
    "expected a fully-qualified path name": "un chemin complet est attendu",
    "a digest requires a path name": "une empreinte demande un chemin",
    "too many commands": "trop de commandes",
    "too many includes": "trop d’inclusions",
    "the file is too large to evaluate": "le fichier est trop grand pour être évalué",
    "the file ends within a line": "le fichier se termine au milieu d’une ligne",
    "alias {name} is defined already": "l’alias {name} est déjà défini",
    "values for {name} must start with a '/', '~', or '*'": "les valeurs de {name} doivent commencer par /, ~ ou *",
    "{name}={options} is no time": "{name}={options} n’est pas une durée",
    "the expression is long": "l’expression est longue",
    "the expression {pattern}": "l’expression {pattern}",
    "an equivalence class": "une classe d’équivalence",
    "the class [:{name}:]": "la classe [:{name}:]",
    "the range {char}-{last}": "la plage {char}-{last}",
    "rules of another sudo, not read": "les règles d’un autre sudo, non lues",
    "the plugin {words} of {words_2} decides too": "le greffon {words} de {words_2} décide aussi",
    "sudo takes rules from {services}": "sudo prend des règles de {services}",
    "sudo-rs is another program, whose rules are not evaluated here": (
        "sudo-rs est un autre programme, dont les règles ne sont pas évaluées ici"
    ),
    "doas refuses the file: {error}": "doas refuse le fichier : {error}",
    "{kind} decides by itself on {path}": "{kind} décide lui-même sur {path}",
    "user ids are mapped on {path}": "les numéros d’utilisateurs sont transposés sur {path}",
    "a link to nothing": "un lien vers rien",
    "a loop of links": "une boucle de liens",
    "line {line} has fewer than three fields": "la ligne {line} a moins de trois champs",
    "line {line}: the fifth and sixth field are numbers": (
        "ligne {line} : le cinquième et le sixième champ sont des nombres"
    ),
    "no mount point: {path}": "pas un point de montage : {path}",
}
