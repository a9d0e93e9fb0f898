"""What readers say of tables, in French."""

TEXTS = {
    "{table}: {kind}: {error}": "{table} : {kind} : {error}",
    "Table {table} was queried without a required column in the WHERE clause: constrain it by =, IN or LIKE": (
        "la table {table} est interrogée sans une colonne obligatoire dans WHERE : restreignez-la par =, IN ou LIKE"
    ),
    "{table}: osquery's question can't be understood: {error}": (
        "{table} : la question d’osquery est incompréhensible : {error}"
    ),
    "/proc/PID/stat: {text}": "/proc/PID/stat : {text}",
    "/proc/PID/status: {text}": "/proc/PID/status : {text}",
    "/proc/meminfo: no MemTotal": "/proc/meminfo : pas de MemTotal",
    "/proc/modules: not a module: {line}": "/proc/modules : ce n’est pas un module : {line}",
    "/proc/net/arp: no flags: {line}": "/proc/net/arp : pas d’indicateurs : {line}",
    "/proc/net/arp: no neighbour: {line}": "/proc/net/arp : ce n’est pas un voisin : {line}",
    "/proc/uptime: no number of seconds": "/proc/uptime : pas un nombre de secondes",
    "/proc/version: no kernel version": "/proc/version : pas de version du noyau",
    "/sys/firmware: does not exist (is sysfs mounted?)": "/sys/firmware : n’existe pas (sysfs est-il monté ?)",
    "/sys/kernel: does not exist (is sysfs mounted?)": "/sys/kernel : n’existe pas (sysfs est-il monté ?)",
    "SMBIOS: a structure does not fit": "SMBIOS : une structure n’a pas la bonne taille",
    "a login of no account or at no time": "une connexion sans compte ou sans date",
    "a manifest that is no object": "un manifeste qui n’est pas un objet",
    "iptables: a rule does not fit": "iptables : une règle n’a pas la bonne taille",
    "iptables: a rule is cut off": "iptables : une règle est tronquée",
    "iptables: no answer": "iptables : pas de réponse",
    "iptables: no description of table {name}": "iptables : pas de description de la table {name}",
    "more than {max_accounts} accounts with a login shell": "plus de {max_accounts} comptes avec un shell de connexion",
    "more than {max_bytes} MiB of rows": "plus de {max_bytes} Mio de lignes",
    "more than {max_rows} rows": "plus de {max_rows} lignes",
    "neither /var/lib/dpkg/status nor an rpm database with packages does exist": (
        "ni /var/lib/dpkg/status ni une base rpm contenant des paquets n’existe"
    ),
    "neither lastlog, lastlog2, wtmp nor wtmpdb keeps a record of logins": (
        "ni lastlog, ni lastlog2, ni wtmp, ni wtmpdb n’enregistre les connexions"
    ),
    "neither utmp nor systemd-logind keeps a record of who is logged in": (
        "ni utmp ni systemd-logind n’enregistre qui est connecté"
    ),
    "nftables: a rule of no chain": "nftables : une règle sans chaîne",
    "no list of add-ons": "pas de liste de modules complémentaires",
    "no such table: {table}": "table inexistante : {table}",
    "reading it takes more memory than the limit of 1 GiB": "la lecture demande plus de mémoire que la limite de 1 Gio",
    "rtnetlink: a route without a header": "rtnetlink : une route sans en-tête",
    "rtnetlink: a way of {length} bytes does not fit": "rtnetlink : un saut de {length} octets n’a pas la bonne taille",
    "rtnetlink: no address of {count} bytes": "rtnetlink : {count} octets ne sont pas une adresse",
    "selinuxfs: is not mounted": "selinuxfs : n’est pas monté",
    "selinuxfs: not a boolean: {value}": "selinuxfs : ce n’est pas un booléen : {value}",
    "sudoers includes more than {max_files} files": "sudoers inclut plus de {max_files} fichiers",
    (
        "systemd is not running on this machine (from within a container or a chroot: audit its host instead, or its "
        "disk with --root)"
    ): (
        "systemd ne tourne pas sur cette machine (depuis un conteneur ou un chroot : auditez plutôt son hôte, ou son "
        "disque avec --root)"
    ),
    "the collector's worker ended while it read {table}": (
        "le processus de lecture du collecteur s’est arrêté en lisant {table}"
    ),
    "the table {table} can't be filled from a disk": "la table {table} ne peut pas être remplie à partir d’un disque",
    "{folder}: a variable of {count} bytes": "{folder} : une variable de {count} octets",
    "{folder}: does not exist (is securityfs mounted?)": "{folder} : n’existe pas (securityfs est-il monté ?)",
    "{folder}: efivarfs is not mounted": "{folder} : efivarfs n’est pas monté",
    "{name}: no whole number": "{name} : ce n’est pas un nombre entier",
    "{node}: suspended, reading it would wait": "{node} : suspendu, une lecture resterait bloquée",
    "{node}: {answer}": "{node} : {answer}",
    "{path}: is cut off in its last line": "{path} : tronqué dans sa dernière ligne",
    "{path}: a package without a name": "{path} : un paquet sans nom",
    "{path}: included through more than {max_depth} files": "{path} : inclus à travers plus de {max_depth} fichiers",
    "{path}: no field: {line}": "{path} : ce n’est pas un champ : {line}",
    "{path}: package {name} has no version": "{path} : le paquet {name} n’a pas de version",
    "{path}: package {name}: status {text}": "{path} : paquet {name} : statut {text}",
    "{path}: {error}": "{path} : {error}",
    "{path}:{line}: includes deeper than {max_depth}": "{path}:{line} : inclusions sur plus de {max_depth} niveaux",
    "{path}:{line}: {found} includes itself": "{path}:{line} : {found} s’inclut lui-même",
    "{pattern}: more than {max_entries} entries": "{pattern} : plus de {max_entries} entrées",
    "{root}: more than {max_folders} directories": "{root} : plus de {max_folders} dossiers",
    "{service}: includes that multiply beyond {max_lines} lines": (
        "{service} : les inclusions produisent plus de {max_lines} lignes"
    ),
    "{sources}: does not exist": "{sources} : n’existe pas",
    "{table} did not answer within the deadline before": "{table} n’a pas répondu avant le délai la fois précédente",
    "{table} did not answer within {seconds} s": "{table} n’a pas répondu en {seconds} s",
    "{table} needs a running system": "{table} demande un système en marche",
    "{table}: nested too deeply": "{table} : imbrication trop profonde",
    "{table}: {error}": "{table} : {error}",
    "{path}: no line of a processor": "{path} : aucune ligne de processeur",
    "{path}: {text}": "{path} : {text}",
    "load_average: {count} averages": "load_average : {count} moyennes",
    "load_average: the system does not tell": "load_average : le système ne le dit pas",
    "a package.json that is no object": "un package.json qui n’est pas un objet",
    "/proc/PID/maps: {text}": "/proc/PID/maps : {text}",
    "{path}: no list of extensions": "{path} : aucune liste d’extensions",
    "{path}: an entry that is no extension": "{path} : une entrée qui n’est pas une extension",
    "{what}: {uri}: status {status}: {text}": "{what} : {uri} : état {status} : {text}",
    "{what}: an answer of more than {most} MiB": "{what} : une réponse de plus de {most} Mio",
    "{what}: no list of objects": "{what} : pas de liste d’objets",
    "{what}: no object": "{what} : pas d’objet",
    "{what}: a process of {count} columns": "{what} : un processus de {count} colonnes",
    "no HTTP answer": "pas de réponse HTTP",
    "an answer in chunks to HTTP/1.0": "une réponse en morceaux à HTTP/1.0",
    "an answer that is cut off": "une réponse tronquée",
    "no resource: {uri}": "pas une ressource : {uri}",
    "{path}: does not exist (is sysfs mounted?)": "{path} : n’existe pas (sysfs est-il monté ?)",
    "not understood: {text}": "incompris : {text}",
    "line {line} is not understood: {text}": "la ligne {line} est incomprise : {text}",
    "{config}, line {line}: AIDE runs {programs} and takes what they print as rules; an audit runs nothing, so which"
    " rules hold is not known": "{config}, ligne {line} : AIDE lance {programs} et prend pour règles ce qu’ils"
    " affichent ; un audit ne lance rien, donc on ignore quelles règles valent",
    "mountinfo: not a mount: {line}": "mountinfo : ce n’est pas un montage : {line}",
}
