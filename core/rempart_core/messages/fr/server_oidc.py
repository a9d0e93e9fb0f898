"""Texts of the area server_oidc."""

TEXTS = {
    "server_oidc.addresses": (
        "Le fournisseur d’identité indique des adresses qui ne sont pas en https, ou il en manque une."
    ),
    "server_oidc.all": '"*" désigne tous les groupes : retirez les autres',
    "server_oidc.exchange": "Le fournisseur d’identité n’a pas accepté le code ({error}).",
    "server_oidc.issuer": "{text} n’est pas l’adresse d’un fournisseur d’identité : https://…",
    "server_oidc.no_access": (
        "Le fournisseur d’identité vous connaît, mais aucun de vos groupes n’a "
        "accès ici. Adressez-vous à un administrateur."
    ),
    "server_oidc.other_issuer": "La réponse vient d’un autre fournisseur d’identité que celui qui est configuré.",
    "server_oidc.refused": "Le fournisseur d’identité a refusé : {error}",
    "server_oidc.scopes": "les scopes doivent comprendre « openid »",
    "server_oidc.silent": "Le fournisseur d’identité n’a pas répondu comme prévu ({error}).",
    "server_oidc.state": (
        "Cette connexion n’a pas été commencée dans ce navigateur, ou a duré plus de dix minutes. Recommencez."
    ),
    "server_oidc.token": "La preuve du fournisseur d’identité n’est pas valide ({error}).",
}
