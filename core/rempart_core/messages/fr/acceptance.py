"""Texts of the area acceptance."""

TEXTS = {
    "acceptance.differs": "l’entrée indique « {said} » pour {name}, et « {signed} » a été signé",
    "acceptance.level": "le niveau « {level} » n’existe pas : écrire l’un de {known}",
    "acceptance.no_envelope": "la preuve n’est pas une acceptation signée : la signer avec `rempart risk --accept`",
    "acceptance.other_key": "signée avec la clé {key}, que le registre signers n’attribue pas à {person}",
    "acceptance.other_type": "ce qui a été signé est « {type} », pas une acceptation de risque",
    "acceptance.signature": "la signature est fausse : le fichier a été modifié après signature",
    "acceptance.trouble": "l’entrée est fautive : {code} (voir `rempart registers lint`)",
    "acceptance.unsigned": "l’acceptation n’est pas signée : la signer avec `rempart risk --accept`",
}
