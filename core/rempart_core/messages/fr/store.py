"""Texts of the area store."""

TEXTS = {
    "store.busy": "un autre audit est en cours d’enregistrement ; réessayez quand il sera terminé",
    "store.failed": "la base {place} : {error}",
    "store.folder": "--store {path} : c’est un dossier",
    "store.foreign": "{place} n’est pas une base de Rempart",
    "store.future": "--at {time} : c’est dans le futur",
    "store.make": "impossible de créer la base {path} : {error}",
    "store.newer": "la base {place} a été écrite par une version plus récente de Rempart (structure {version})",
    "store.no_host": "la base ne contient aucune machine dont le nom ou le groupe correspond à {patterns}{hint}",
    "store.no_run": "la base ne contient pas de passage {number}",
    "store.none": "il n’y a pas de base à {place} ; `rempart audit --store` en crée une",
    "store.nothing_signed": "rien à exporter : aucun passage n’est signé (rempart audit --sign)",
    "store.older": (
        "la base {place} vient d’une version plus ancienne ; le prochain `rempart audit --store` la met à niveau"
    ),
    "store.password": (
        "--store contient un mot de passe, et tout utilisateur de cette machine peut lire les lignes de commande : "
        "retirez-le, et définissez PGPASSWORD ou ~/.pgpass, ou mettez l’URL entière dans REMPART_STORE (pas pour "
        "les audits planifiés)"
    ),
    "store.place": "--store {place} : donnez un fichier, ou l’URL d’un serveur PostgreSQL (postgresql://…)",
    "store.psycopg": "PostgreSQL demande psycopg : pip install ’rempart[postgresql]’",
    "store.too_few": "rien à comparer : la base contient moins de deux passages",
    "store.unknown_host": "la base ne contient pas de machine {name}{hint}",
    "store.unknown_name": "la base ne contient ni machine ni vérification « {name} »{hint}",
    "store.url": "--store {place} : ce n’est pas l’URL d’un serveur PostgreSQL",
}
