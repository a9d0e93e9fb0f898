"""Parts of readers' sentences, in French: what is wrong, and what it is wrong with."""

TEXTS = {
    "a cell at {offset}, which is outside": "une cellule à {offset}, donc en dehors",
    "a disk with partitions of its own, which is not read": "un disque qui a ses propres partitions, non lu",
    "a name that is longer than its cell": "un nom plus long que sa cellule",
    "a physical volume of LVM within a volume of LVM, which is not read": (
        "un volume physique LVM dans un volume LVM, non lu"
    ),
    "account {number}": "le compte {number}",
    "an ISO image, which is not read": "une image ISO, non lue",
    "encrypted (BitLocker)": "chiffré (BitLocker)",
    "encrypted (LUKS)": "chiffré (LUKS)",
    "group {number}": "le groupe {number}",
    "it can be read as several things, and which one counts is not known": (
        "lisible de plusieurs façons ; laquelle compte n’est pas connu"
    ),
    "its log can't be understood": "son journal est illisible",
    "its log is of a version that is in use while Windows runs, or rests (fast startup)": (
        "son journal est d’une version utilisée quand Windows tourne ou est en veille (démarrage rapide)"
    ),
    "its log is open": "son journal est ouvert",
    "keys below keys, deeper than the registry can be": (
        "des clés sous des clés, plus profondes que le registre ne le permet"
    ),
    "no file system that is known here": "aucun système de fichiers connu ici",
    "no key at {offset}": "pas de clé à {offset}",
    "no value at {offset}": "pas de valeur à {offset}",
    "not a hive of the registry, or its header is damaged": (
        "n’est pas une ruche du registre, ou son en-tête est endommagé"
    ),
    "encrypted": "chiffré",
    "not a block device": "n’est pas un périphérique bloc",
    "part of a RAID, which is not read": "partie d’un RAID, non lu",
    "part of a ZFS pool, which is not read": "partie d’un groupe ZFS, non lu",
    "record length": "longueur d’enregistrement",
    "size of a sparse file": "taille de fichier creux",
    "sparse map": "carte de fichier creux",
    "the cell at {offset} is free, too small, or goes beyond the end": (
        "la cellule à {offset} est libre, trop petite ou dépasse la fin"
    ),
    "the domain": "le domaine",
    "the file system": "le système de fichiers",
    "the key at {offset} stands for one of another registry": "la clé à {offset} renvoie à celle d’un autre registre",
    "the key at {offset} stands in a key that it does not belong to": (
        "la clé à {offset} est dans une clé à laquelle elle n’appartient pas"
    ),
    "the key at {parent} has two keys of one name": "la clé à {parent} a deux clés du même nom",
    "the key at {parent} has {found} keys, and says {count}": "la clé à {parent} a {found} clés et en annonce {count}",
    "the large value at {offset} can't be understood": "la grande valeur à {offset} est illisible",
    "the list of keys at {offset} can't be understood": "la liste de clés à {offset} est illisible",
    "the log": "le journal",
    "the memory of a machine that was put to sleep, which is not read": (
        "la mémoire d’une machine mise en veille, non lue"
    ),
    "the part at {at} is none of a hive": "la partie à {at} n’est pas celle d’une ruche",
    "the value at {offset} has more bytes than it has room for": (
        "la valeur à {offset} a plus d’octets que sa place n’en contient"
    ),
    "the values at {offset} have more bytes than the hive": "les valeurs à {offset} ont plus d’octets que la ruche",
    "{kind}, which is not read": "{kind}, non lu",
    "{first}; {rest}": "{first} ; {rest}",
    "{first}, {rest}": "{first}, {rest}",
}
