"""The forms of tokens that services give out, each with a mark of its own; a checksum in one has to hold.

A token stands between characters that are no part of it, so that a run of letters in a program is none by chance.
"""

import re
import zlib
from typing import Callable, NamedTuple, Optional, Tuple

_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Form(NamedTuple):
    """One form.

    Attributes:
        name: The rule's name.
        marks: Literals, of which one stands in every token of the form.
        pattern: The token; every repetition in it is bounded.
        holds: Tells whether a token that fits is one; None where nothing more can be told.
        back: How far before its mark a token may begin.
    """

    name: str
    marks: Tuple[bytes, ...]
    pattern: bytes
    holds: Optional[Callable[[bytes], bool]] = None
    back: int = 0


def has_checksum(token: bytes) -> bool:
    """Tell whether the last six characters are the CRC-32, in base 62, of what stands behind the prefix.

    So GitHub makes its tokens since 2021, and npm ("Behind GitHub's new authentication token formats").
    """
    body = token.partition(b"_")[2]
    number = zlib.crc32(body[:-6])
    digits = bytearray()
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return bytes(reversed(digits)) == body[-6:]


def decodes_as_jwt(token: bytes) -> bool:
    """Tell whether a JSON Web Token (RFC 7519) has a header that names an algorithm, and claims."""
    import json

    try:
        parts = [json.loads(_decode(part)) for part in token.split(b".")[:2]]
    except ValueError:
        return False
    return all(isinstance(part, dict) for part in parts) and str(parts[0].get("alg", "none")).lower() != "none"


def decodes_as_pypi(token: bytes) -> bool:
    """Tell whether a token of PyPI is a macaroon of version 2 (libmacaroons) of pypi.org."""
    try:
        return _decode(token[5:]).startswith(b"\x02\x01\x08pypi.org")
    except ValueError:
        return False


def _decode(text: bytes) -> bytes:
    import base64

    if not re.fullmatch(rb"[A-Za-z0-9_-]{0,16384}", text) or len(text) % 4 == 1:
        raise ValueError("no base64")
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def _form(
    name: str, marks: str, pattern: bytes, holds: Optional[Callable[[bytes], bool]] = None, back: int = 0
) -> Form:
    return Form(name, tuple(marks.encode().split()), rb"(?<![\w-])(" + pattern + rb")(?![\w-])", holds, back)


FORMS: Tuple[Form, ...] = (
    _form("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"gh[pousr]_[A-Za-z0-9]{36}", has_checksum),
    _form("github_token", "github_pat_", rb"github_pat_[A-Za-z0-9_]{60,255}"),
    _form("npm_token", "npm_", rb"npm_[A-Za-z0-9]{36}", has_checksum),
    _form("pypi_token", "pypi-AgEIcHlwaS5vcmc", rb"pypi-AgEIcHlwaS5vcmc[\w-]{50,400}", decodes_as_pypi),
    _form("jwt", "eyJ", rb"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,800}", decodes_as_jwt),
    _form("gitlab_token", "glpat- glrt- gldt- glptt- glcbt- glsoat-", rb"gl(?:pat|rt|dt|ptt|cbt|soat)-[\w-]{20,64}"),
    _form("slack_token", "xox xapp-", rb"xox[abeprs]-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Za-z0-9-]{10,250}"),
    _form("stripe_key", "k_live_", rb"[rs]k_live_[0-9A-Za-z]{16,247}", back=1),
    _form("aws_access_key", "AKIA ASIA", rb"(?:AKIA|ASIA)[0-9A-Z]{16}"),
    _form("sendgrid_token", "SG.", rb"SG\.[\w-]{22}\.[\w-]{43}"),
    _form("docker_token", "dckr_pat_ dckr_oat_", rb"dckr_[po]at_[\w-]{27,32}"),
    _form("digitalocean_token", "dop_v1_ doo_v1_ dor_v1_", rb"do[por]_v1_[a-f0-9]{64}"),
    _form("vault_token", "hvs. hvb. hvr.", rb"hv[sbr]\.[\w-]{24,300}"),
    _form("terraform_token", ".atlasv1.", rb"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}", back=14),
    _form("google_api_key", "AIza", rb"AIza[0-9A-Za-z_-]{35}"),
    _form("google_oauth_secret", "GOCSPX-", rb"GOCSPX-[\w-]{28}"),
    _form("openai_key", "T3BlbkFJ", rb"sk-[\w-]{20,200}T3BlbkFJ[\w-]{20,200}", back=203),
    _form("anthropic_key", "sk-ant-", rb"sk-ant-[a-z0-9]{3,10}-[\w-]{80,120}"),
    _form("huggingface_token", "hf_", rb"hf_[A-Za-z]{34}"),
    _form("grafana_token", "glsa_", rb"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    _form("shopify_token", "shpat_ shpca_ shppa_ shpss_", rb"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _form("rubygems_key", "rubygems_", rb"rubygems_[a-f0-9]{48}"),
    _form("tailscale_key", "tskey-", rb"tskey-[a-z]{3,12}-[A-Za-z0-9]{10,20}-[A-Za-z0-9]{20,40}"),
    _form("telegram_token", ":AA", rb"\d{8,10}:AA[\w-]{33}", back=10),
    _form("atlassian_token", "ATATT3xFfGF0", rb"ATATT3xFfGF0[\w=-]{100,220}"),
    _form("postman_key", "PMAK-", rb"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _form("new_relic_key", "NRAK-", rb"NRAK-[A-Z0-9]{27}"),
    _form("brevo_key", "xkeysib-", rb"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    _form("planetscale_token", "pscale_", rb"pscale_(?:tkn|pw|oauth)_[\w.-]{32,64}"),
    _form("linear_key", "lin_api_", rb"lin_api_[A-Za-z0-9]{40}"),
    _form("age_key", "AGE-SECRET-KEY-1", rb"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
)
