"""Texts of the area acceptance."""

TEXTS = {
    "acceptance.differs": 'the entry says {name} "{said}", and "{signed}" was signed',
    "acceptance.level": 'there is no level "{level}": write one of {known}',
    "acceptance.no_envelope": "the evidence is no signed acceptance: sign one with `rempart risk --accept`",
    "acceptance.other_key": "it is signed with the key {key}, which register signers does not have for {person}",
    "acceptance.other_type": 'what was signed is "{type}", no acceptance of a risk',
    "acceptance.signature": "the signature is wrong: the file was changed after it was signed",
    "acceptance.trouble": "the entry has a mistake: {code} (see `rempart registers lint`)",
    "acceptance.unsigned": "the acceptance is not signed: sign one with `rempart risk --accept`",
}
