"""What detect-secrets finds by the kind of token, our rules find too; and files are told apart by their names."""

from __future__ import annotations

import pytest
from rempart_testing.secrets_made import PEM, PPK, RANDOM, SECRETS, summed

from rempart_agent.formats import token
from rempart_agent.formats.token_rules import RULES, is_code

HEX = "0123456789abcdef" * 4
# What looks for words, entropy or addresses is no kind of token.
NO_TOKENS = {"Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector", "IPPublicDetector"}
# One line for each kind of detect-secrets, in a form that the service's own tokens have.
SAMPLES = {
    "ArtifactoryDetector": ["token=AK" + "Cp8" + RANDOM + RANDOM[:29]],
    "AWSKeyDetector": [
        SECRETS["aws_access_key"],
        "AB" + "IA" + "Q3EGRIZ7ODLMU2PW",
        "aws_secret_access_key = '" + RANDOM + "'",
    ],
    "AzureStorageKeyDetector": ["AccountKey=" + RANDOM + RANDOM + "aB3dE6=="],
    "BasicAuthDetector": [SECRETS["url_password"]],
    "CloudantDetector": ["cloudant_password = '" + HEX + "'"],
    "DiscordBotTokenDetector": ["DISCORD_TOKEN='M" + RANDOM[:23] + ".Gx7_aB." + RANDOM[:27] + "'"],
    "GitHubTokenDetector": ["gh" + kind + "_" + summed(RANDOM[:30]) for kind in "pousr"],
    "GitLabTokenDetector": [
        *("gl" + kind + "-" + RANDOM[:25] for kind in ("pat", "dt", "ft", "soat", "rt", "imt", "cbt")),
        "GR" + "1348941" + RANDOM[:20],
        "gl" + "cbt-1f_" + RANDOM[:20],
        "gl" + "ptt-" + RANDOM,
        "gl" + "agent-" + RANDOM + RANDOM[:10],
        "gl" + "oas-" + RANDOM + RANDOM[:24],
    ],
    "IbmCloudIamDetector": ['ibm_cloud_iam_api_key = "' + RANDOM + 'abcD"'],
    "IbmCosHmacDetector": ['cos_hmac_secret_access_key = "' + HEX[:48] + '"'],
    "JwtTokenDetector": [SECRETS["jwt"]],
    "MailchimpDetector": [HEX[:32] + "-us12"],
    "NpmDetector": ["//registry.x/:_auth" + "Token=np" + "m_" + summed(RANDOM[:30])],
    "OpenAIDetector": ["sk" + "-proj-" + RANDOM[:20] + "T3Blbk" + "FJ" + RANDOM[:20]],
    "PrivateKeyDetector": [
        *(PEM.format(kind, "") for kind in ("", "RSA ", "DSA ", "EC ")),
        SECRETS["private_key pgp"],
        PPK.format(2, "aes256-cbc", "QUJDREVGR0hJSktMTU5PUA=="),
        SECRETS["encrypted_private_key ssh2"],
    ],
    "PypiTokenDetector": [SECRETS["pypi_token"]],
    "SendGridDetector": ["S" + "G." + RANDOM[:22] + "." + RANDOM + "abc"],
    "SlackDetector": ["xo" + "x" + kind + "-12345678901-" + RANDOM[:24] for kind in "abposr"]
    + [SECRETS["slack_webhook"]],
    "SoftlayerDetector": ["softlayer_api_key = '" + HEX + "'", "https://api.softlayer.com/soap/v3/" + HEX],
    "SquareOAuthDetector": ["sq" + "0csp-" + RANDOM + "abc"],
    "StripeDetector": [kind + "k_live_" + RANDOM[:24] for kind in "sr"],
    "TelegramBotTokenDetector": ["1234567890:A" + RANDOM[:34]],
    "TwilioKeyDetector": ["S" + "K" + HEX[:32]],
}


def test_all_kinds_of_token_of_detect_secrets_are_covered() -> None:
    plugins = pytest.importorskip("detect_secrets.core.plugins.util", reason="detect-secrets is not installed")
    found = plugins.get_mapping_from_secret_type_to_class().values()
    kinds = {kind.__name__: kind for kind in found if kind.__name__ not in NO_TOKENS}
    assert set(kinds) == set(SAMPLES)
    for name, samples in SAMPLES.items():
        for sample in samples:
            theirs = kinds[name]()
            assert any(list(theirs.analyze_string(line)) for line in sample.splitlines()), (name, sample)
            ours, whole = token.scan(b"first\n" + sample.encode() + b"\n", "/srv/app/settings.conf")
            assert ours, (name, sample)
            assert ours[0].line >= 2
            assert whole


LISTS = tuple(
    f"/var/lib/apt/lists/mirror_{one}" for one in ("i18n_Translation-pt_BR.lz4", "main_binary-amd64_Packages")
)
PROSE = ("/a/b.py", "/a/B.RST", "/a/man/fr/man8/b.8", "/a/changelog", "/a/NEWS.Debian", "/a/b.info-2", *LISTS)


@pytest.mark.parametrize(
    "path", [*PROSE, "/a/.env", "/a/py", "/a.c/x", "/a/b.8", "/a/man.info/b", "/var/lib/apt/lists/mirror_InRelease"]
)
def test_source_code_and_prose_are_told_by_their_names(path: str) -> None:
    assert is_code(path) is (path in PROSE)


def test_a_rule_that_has_no_literals_is_for_named_files_alone() -> None:
    assert all(rule.literals or rule.where for rule in RULES)
