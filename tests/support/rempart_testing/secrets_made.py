"""Secrets of each kind, put together here so that no scanner takes a file for a leak."""

from __future__ import annotations

import base64
import zlib

RANDOM = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9n"  # 40 characters
PEM = "-----BEGIN {0}PRIVATE KEY-----\n{1}MIIE" + RANDOM + RANDOM + "\n-----END {0}PRIVATE KEY-----\n"
# As sshpubk.c of PuTTY writes a key; the body as ppk_save_sb: its length, or whole blocks of a cipher.
PPK = (
    "PuTTY-User-Key-File-{}: ssh-ed25519\nEncryption: {}\nComment: made\nPublic-Lines: 1\nAAAAC3NzaC1lZDI1NTE5AAAA\n"
    "Private-Lines: 1\n{}\nPrivate-MAC: 00\n"
)


def summed(body: str) -> str:
    """Return the body of a token with its checksum, as GitHub and npm make them."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[digit] + digits
    return body + digits


# What looks like a token is put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "private_key": PEM.format("", ""),
    "private_key rsa": PEM.format("RSA ", ""),
    "private_key pgp": PEM.format("PGP ", "\n").replace("KEY-----", "KEY BLOCK-----").replace("MIIE", "lQWG"),
    "private_key putty": PPK.format(3, "none", base64.b64encode(b"\0\0\0\x20" + RANDOM[:32].encode()).decode()),
    "encrypted_private_key": PEM.format("ENCRYPTED ", ""),
    "encrypted_private_key old": PEM.format("RSA ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
    "encrypted_private_key putty": PPK.format(2, "aes256-cbc", base64.b64encode(RANDOM[:32].encode()).decode()),
    "encrypted_private_key ssh2": "---- BEGIN SSH2 ENCRYPTED " + "PRIVATE KEY ----\nP2/56w" + RANDOM + RANDOM + "\n",
    "gcp_service_account": '{"type": "service_account", "k": "' + PEM.format("", "").replace("\n", "\\n") + '"}',
    "aws_access_key": "id = AK" + "IA" + "Q3EGRIZ7ODLMU2PW",
    "aws_secret_key": "aws_secret_access_key = " + RANDOM,
    "github_token": "x: gh" + "p_" + summed(RANDOM[:30]),
    "github_token fine": "github" + "_pat_" + RANDOM + RANDOM,
    "gitlab_token": "gl" + "pat-" + RANDOM[:20],
    "slack_token": "xo" + "xb-" + RANDOM[:30],
    "slack_webhook": "https://hooks.slack" + ".com/services/T0AB12CD3/B0AB12CD3/" + RANDOM[:24],
    "stripe_key": "sk_" + "live_" + RANDOM[:24],
    "npm_token": "//registry.x/:_authToken=" + RANDOM[:36],
    "npm_token bare": "NPM=np" + "m_" + summed(RANDOM[:30]),
    "jwt": ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"1234567890","name":"x"}', RANDOM[:24].encode())
    ),
    "terraform_token": RANDOM[:14] + ".atla" + "sv1." + RANDOM + RANDOM[:24],
    "huggingface_token": "h" + "f_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
    "grafana_token": "gl" + "sa_" + RANDOM[:32] + "_0a1b2c3d",
    "wireguard_key": "[Interface]\nPrivateKey = " + RANDOM[:39] + "abcE=",
    "wireguard_key preshared": "PresharedKey=" + RANDOM[:39] + "abcE=",
    "password terraform": '{\n  "attributes": {\n    "password": "k9Xw#2mPq"\n  }\n}',
    "password iscsi": "node.session.auth.password = k9Xw2mPq7",
    "pypi_token": "py"
    "pi-" + base64.urlsafe_b64encode(b"\x02\x01\x08pypi.org\x02$" + RANDOM.encode() * 2).decode().rstrip("="),
    "google_api_key": "AI" + "za" + RANDOM[:35],
    "azure_connection_string": "AccountName=x;AccountKey=" + RANDOM + RANDOM + "==;",
    "docker_auth": '{"auths": {"r.x": {"auth": "dXNlcjpwYXNzd29yZDEyMw=="}}}',
    "kube_client_key": "    client-key-data: " + RANDOM * 3,
    "wifi_key": "[wifi-security]\npsk=correct horse".replace(" horse", "9horse"),
    "password_hash": "root:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7:1",
    "password_hash sha512": "--iscrypted $6$saltsalt$" + "x/Y7" * 21 + "ab",
    "password_hash bcrypt": "admin:$2y$05$" + "aB.9/" * 10 + "abc",
    "url_password": "DATABASE_URL=postgres://app:S3cr3tPw@db.x/app",
    "password": "password = Winter2024!",
    "password quoted": "DB_PASSWORD: 'correct horse battery'",
    "password export": 'export API_KEY="d41d8cd98f00b204"',
    "password plain": "password=sunshine",
    "password json": '{\n  "client_secret": "a8f5f167f44f4964e6c998dee827110c"\n}',
    "password php": "define( 'DB_PASSWORD', 'k9Xw#2mPq' );",
    "password xml": "<password>k9Xw#2mPq</password>",
}
