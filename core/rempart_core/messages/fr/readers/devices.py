"""What readers say of devices and of the extended attributes of files, in French."""

TEXTS = {
    "the names of extended attributes can't be listed here": (
        "les noms des attributs étendus ne peuvent pas être listés ici"
    ),
    "an image is asked for extended attributes by name alone": (
        "dans une image, un attribut étendu ne se lit que par son nom"
    ),
    "CPUID is an instruction of x86-64, and this is {machine}": (
        "CPUID est une instruction de x86-64, et cette machine est {machine}"
    ),
    "CPUID may not be executed here: {why}": "CPUID ne peut pas être exécutée ici : {why}",
    "{path}: does not exist (is the kernel's module msr loaded?)": (
        "{path} : n’existe pas (le module msr du noyau est-il chargé ?)"
    ),
    "{path}: does not exist (no Intel ME, or no driver for it)": (
        "{path} : n’existe pas (pas d’Intel ME, ou pas de pilote)"
    ),
    "{path}: may not be asked": "{path} : ne peut pas être interrogé",
    "{path}: no answer in time": "{path} : pas de réponse à temps",
    "{path}: an answer of {size} bytes": "{path} : une réponse de {size} octets",
    "{path}: version {number} of the protocol": "{path} : version {number} du protocole",
    "{path}: more than {most} folders": "{path} : plus de {most} dossiers",
    "sensorsettings.ini: line {line}: a section that comes twice": (
        "sensorsettings.ini : ligne {line} : une section qui apparaît deux fois"
    ),
    "sensorsettings.ini: line {line}: no setting, or one that comes twice": (
        "sensorsettings.ini : ligne {line} : pas un réglage, ou un réglage qui apparaît deux fois"
    ),
    "/proc/mdstat: {text}": "/proc/mdstat : {text}",
}
