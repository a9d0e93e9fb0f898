"""Texts of the area server_oidc."""

TEXTS = {
    "server_oidc.addresses": "The identity provider names addresses that are not https, or lacks one.",
    "server_oidc.all": '"*" means all groups: remove the others',
    "server_oidc.exchange": "The identity provider did not accept the code ({error}).",
    "server_oidc.issuer": "{text} is not an address of an identity provider: https://…",
    "server_oidc.no_access": (
        "The identity provider knows you, but none of your groups has access here. Ask an administrator."
    ),
    "server_oidc.other_issuer": "The answer is from another identity provider than the configured one.",
    "server_oidc.refused": "The identity provider refused: {error}",
    "server_oidc.scopes": 'the scopes must include "openid"',
    "server_oidc.silent": "The identity provider did not answer as expected ({error}).",
    "server_oidc.state": (
        "This sign-in was not started in this browser, or took longer than ten minutes. Start again."
    ),
    "server_oidc.token": "The proof of the identity provider is not valid ({error}).",
}
