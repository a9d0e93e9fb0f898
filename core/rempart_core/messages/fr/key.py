"""Texts of the area key."""

TEXTS = {
    "key.failed": "la clé de signature {path} : {error}",
    "key.no_ed25519": "{path} : ce n’est pas une clé Ed25519",
    "key.no_pem": "{path} : ce n’est pas une clé privée au format PEM sans phrase secrète",
    "key.not_regular": "la clé de signature {path} n’est pas un fichier ordinaire",
    "key.open": (
        "d’autres utilisateurs peuvent lire la clé de signature {path} : faites chmod 600 {path}, ou commencez "
        "une nouvelle clé"
    ),
    "key.option": "--key {text} : donnez 64 chiffres hexadécimaux ou un fichier ({error})",
    "key.option_no_ed25519": "--key {path} : ce n’est pas une clé Ed25519",
    "key.option_no_key": "--key {path} : ce n’est pas une clé publique",
}
