"""Texts of the area key."""

TEXTS = {
    "key.failed": "the signing key {path}: {error}",
    "key.no_ed25519": "{path}: not an Ed25519 key",
    "key.no_pem": "{path}: not a private key in PEM format without a passphrase",
    "key.not_regular": "the signing key {path} is not a regular file",
    "key.open": "other users can read the signing key {path}: run chmod 600 {path}, or start a new key",
    "key.option": "--key {text}: give 64 hex digits or a file ({error})",
    "key.option_no_ed25519": "--key {path}: not an Ed25519 key",
    "key.option_no_key": "--key {path}: not a public key",
}
