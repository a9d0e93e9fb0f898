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
        lead: How many characters of it stand before its mark, at least and at most.
    """

    name: str
    marks: Tuple[bytes, ...]
    pattern: bytes
    holds: Optional[Callable[[bytes], bool]] = None
    lead: Tuple[int, int] = (0, 0)


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
    """Tell whether a token of PyPI is a macaroon of version 2 (libmacaroons) of pypi.org or its test site."""
    try:
        return _decode(token[5:]).startswith((b"\x02\x01\x08pypi.org", b"\x02\x01\x0dtest.pypi.org"))
    except ValueError:
        return False


def holds_json(token: bytes) -> bool:
    """Tell whether the part of a token that begins with ``eyJ`` is base64 of JSON, as far as it goes."""
    try:
        text = _decode(re.split(rb"[.=+/]", token[token.index(b"eyJ") :], maxsplit=1)[0][:24])
    except ValueError:
        return False
    return re.match(rb'\{"[\w.-]{1,20}"?', text) is not None


def _decode(text: bytes) -> bytes:
    import base64

    if not re.fullmatch(rb"[A-Za-z0-9_-]{0,16384}", text) or len(text) % 4 == 1:
        raise ValueError("no base64")
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _form(
    name: str,
    marks: str,
    pattern: bytes,
    holds: Optional[Callable[[bytes], bool]] = None,
    lead: Tuple[int, int] = (0, 0),
    beside: bytes = rb"\w-",
) -> Form:
    """Make a form; before and behind its token stands nothing of ``beside``."""
    framed = rb"(?<![" + beside + rb"])(" + pattern + rb")(?![" + beside + rb"])"
    return Form(name, tuple(marks.encode().split()), framed, holds, lead)


FORMS: Tuple[Form, ...] = (
    # where code is kept and built
    _form("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"gh[pousr]_[A-Za-z0-9]{36}", has_checksum),
    _form("github_token", "github_pat_", rb"github_pat_[A-Za-z0-9_]{60,255}"),
    _form(
        "gitlab_token",
        "glpat- glrt- gldt- glft- glptt- glcbt- glsoat- glimt- glffct-",
        rb"gl(?:pat|rt|dt|ft|ptt|cbt|soat|imt|ffct)-(?:t\d_|[0-9a-f]{1,2}_)?[\w-]{20,300}(?:\.[0-9a-z]{2}[0-9a-z]{7})?",
    ),
    _form("gitlab_token", "glagent-", rb"glagent-[\w-]{50,1024}"),
    _form("gitlab_token", "gloas-", rb"gloas-[\w-]{64}"),
    _form("gitlab_token", "GR1348941", rb"GR1348941[\w-]{20,50}"),
    _form("bitbucket_token", "ATBB ATCTT3xFfG", rb"ATBB[A-Za-z0-9]{32}|ATCTT3xFfG[\w=-]{100,220}"),
    _form("sourcegraph_token", "sgp_", rb"sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}"),
    _form("circleci_token", "CCIPAT_", rb"CCIPAT_[A-Za-z0-9]{20,24}_[0-9a-f]{40}"),
    _form("buildkite_token", "bkua_", rb"bkua_[0-9a-f]{40}"),
    _form("harness_token", "pat. sat.", rb"[ps]at\.[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}"),
    _form("octopus_key", "API-", rb"API-[A-Z0-9]{26,31}"),
    _form("sonarqube_token", "sqp_ sqa_ squ_", rb"sq[apu]_[0-9a-f]{40}"),
    _form("sentry_token", "sntryu_", rb"sntryu_[0-9a-f]{64}"),
    _form("sentry_token", "sntrys_eyJ", rb"sntrys_eyJ[A-Za-z0-9+/=_]{80,400}", holds_json, beside=rb"\w/+"),
    _form("stackhawk_key", "hawk.", rb"hawk\.[\w-]{20}\.[\w-]{20}"),
    # where packages are kept
    _form("npm_token", "npm_", rb"npm_[A-Za-z0-9]{36}", has_checksum),
    _form("pypi_token", "pypi-AgEIcHlwaS5vcmc", rb"pypi-AgEIcHlwaS5vcmc[\w-]{50,400}", decodes_as_pypi),
    _form("pypi_token", "pypi-AgENdGVzdC5weXBpLm9yZw", rb"pypi-AgENdGVzdC5weXBpLm9yZw[\w-]{50,400}", decodes_as_pypi),
    _form("rubygems_key", "rubygems_", rb"rubygems_[a-f0-9]{48}"),
    _form("crates_token", "cio", rb"cio[A-Za-z0-9]{32}"),
    _form("nuget_key", "oy2", rb"oy2[a-z0-9]{43}"),
    _form("clojars_token", "CLOJARS_", rb"CLOJARS_[a-z0-9]{60}"),
    _form("docker_token", "dckr_pat_ dckr_oat_", rb"dckr_[po]at_[\w-]{27,32}"),
    _form("artifactory_token", "AKC cmVmdGtuO", rb"AKC[A-Za-z0-9]{60,80}|cmVmdGtuO[A-Za-z0-9]{55}"),
    # clouds
    _form("aws_access_key", "AKIA ASIA ABIA ACCA", rb"A(?:KI|SI|BI|CC)A[0-9A-Z]{16}"),
    _form("aws_bedrock_key", "ABSKQmVkcm9ja0FQSUtleS", rb"ABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/=]{80,200}"),
    _form("google_api_key", "AIza", rb"AIza[0-9A-Za-z_-]{35}"),
    _form("google_oauth_secret", "GOCSPX-", rb"GOCSPX-[\w-]{28}"),
    _form("google_oauth_token", "ya29.", rb"ya29\.[\w-]{60,1200}"),
    _form("google_oauth_token", "1//0", rb"1//0[\w-]{60,140}", beside=rb"\w/-"),
    _form("google_storage_key", "GOOG1", rb"GOOG1[A-Z2-7]{56}"),
    _form("azure_client_secret", "Q~", rb"[\w~.-]{3}\dQ~[\w~.-]{31,34}", lead=(4, 4), beside=rb"\w~."),
    _form(
        "azure_storage_key",
        "+ASt +ABa +AMC ACDb APIM",
        rb"[A-Za-z0-9+/]{76}(?:\+ASt|\+ABa|\+AMC|ACDb|APIM)[A-Za-z0-9+/]{5}[AQgw]==",
        lead=(76, 76),
        beside=rb"\w/+=",
    ),
    _form("azure_function_key", "AzFu", rb"[\w-]{44}AzFu[\w-]{5}[AQgw]=", lead=(44, 44), beside=rb"\w="),
    _form("azure_search_key", "AzSe", rb"[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}", lead=(42, 42)),
    _form(
        "azure_registry_key", "+ACR", rb"[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5}", lead=(42, 42), beside=rb"\w/+"
    ),
    _form("azure_devops_token", "AZDO", rb"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", lead=(76, 76)),
    _form("azure_openai_key", "JQQJ99", rb"[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}", lead=(52, 52)),
    _form("alibaba_access_key", "LTAI", rb"LTAI[A-Za-z0-9]{12,20}"),
    _form("tencent_access_key", "AKID", rb"AKID[A-Za-z0-9]{32}"),
    _form("yandex_key", "AQVN", rb"AQVN[\w-]{35,38}"),
    _form("digitalocean_token", "dop_v1_ doo_v1_ dor_v1_", rb"do[por]_v1_[a-f0-9]{64}"),
    _form("cloudflare_origin_key", "v1.0-", rb"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}"),
    _form("heroku_key", "HRKU-", rb"HRKU-[\w-]{58,60}"),
    _form("netlify_token", "nfp_", rb"nfp_[A-Za-z0-9]{36}"),
    _form("fly_token", "fo1_", rb"fo1_[\w-]{43}"),
    _form("fly_token", "fm1a_ fm1r_ fm2_", rb"fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,2000}={0,3}", beside=rb"\w/+="),
    _form("render_key", "rnd_", rb"rnd_[A-Za-z0-9]{28,36}"),
    _form("supabase_token", "sbp_", rb"sbp_[a-f0-9]{40}"),
    _form("planetscale_token", "pscale_", rb"pscale_(?:tkn|pw|oauth)_[\w.-]{32,64}"),
    _form("mongodb_atlas_secret", "mdb_sa_sk_", rb"mdb_sa_sk_[\w-]{40}"),
    _form("databricks_token", "dapi", rb"dapi[a-f0-9]{32}(?:-\d)?"),
    _form("scalingo_token", "tk-us-", rb"tk-us-[\w-]{48}"),
    _form("akamai_token", "akab-", rb"akab-[a-z0-9]{16}-[a-z0-9]{16}"),
    _form("openshift_token", "sha256~", rb"sha256~[\w-]{43}"),
    _form("rancher_token", "token-", rb"token-[a-z0-9]{5}:[a-z0-9]{54}"),
    # what keeps secrets and configures machines
    _form("vault_token", "hvs. hvb. hvr.", rb"hv[sbr]\.[\w-]{24,300}"),
    _form("terraform_token", ".atlasv1.", rb"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}", lead=(14, 14)),
    _form("pulumi_token", "pul-", rb"pul-[a-f0-9]{40}"),
    _form("doppler_token", "dp.", rb"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    _form("onepassword_token", "ops_eyJ", rb"ops_eyJ[A-Za-z0-9+/_-]{250,2000}={0,3}", holds_json, beside=rb"\w/+="),
    _form(
        "onepassword_secret_key",
        "A3-",
        rb"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
    ),
    _form("infracost_key", "ico-", rb"ico-[A-Za-z0-9]{32}"),
    _form("prefect_key", "pnu_", rb"pnu_[A-Za-z0-9]{36}"),
    _form("age_key", "AGE-SECRET-KEY-1", rb"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    _form("minisign_key", "RWRTY0Iy", rb"RWRTY0Iy[A-Za-z0-9+/]{204}", beside=rb"\w/+="),
    _form("tailscale_key", "tskey-", rb"tskey-[a-z]{3,12}-[A-Za-z0-9]{10,20}-[A-Za-z0-9]{20,40}"),
    _form("defined_networking_token", "dnkey-", rb"dnkey-[\w=-]{26}-[\w=-]{52}"),
    # what watches machines
    _form("grafana_token", "glsa_", rb"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    _form("grafana_token", "glc_eyJ", rb"glc_eyJ[A-Za-z0-9+/]{50,400}={0,2}", holds_json, beside=rb"\w/+="),
    _form("new_relic_key", "NRAK-", rb"NRAK-[A-Z0-9]{27}"),
    _form("new_relic_key", "NRAL", rb"[a-z0-9]{36}NRAL", lead=(36, 36)),
    _form("dynatrace_token", "dt0c01. dt0s01. dt0s16.", rb"dt0[cs](?:01|16)\.[A-Z2-7]{8,24}\.[A-Z2-7]{64}"),
    _form("launchdarkly_key", "sdk- api-", rb"(?:sdk|api)-" + _UUID),
    _form("honeycomb_key", "hcaik_ hcbik_ hccik_ hcdik_", rb"hc[abcd]ik_[a-z0-9]{58}"),
    _form("maxmind_key", "_mmk", rb"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", lead=(36, 36)),
    # models
    _form("openai_key", "T3BlbkFJ", rb"sk-[\w-]{20,200}T3BlbkFJ[\w-]{20,200}", lead=(23, 203)),
    _form("anthropic_key", "sk-ant-", rb"sk-ant-[a-z0-9]{3,10}-[\w-]{80,120}"),
    _form("huggingface_token", "hf_ api_org_", rb"(?:hf|api_org)_[A-Za-z]{34}"),
    _form("groq_key", "gsk_", rb"gsk_[A-Za-z0-9]{52}"),
    _form("xai_key", "xai-", rb"xai-[A-Za-z0-9]{80}"),
    _form("perplexity_key", "pplx-", rb"pplx-[A-Za-z0-9]{48}"),
    _form("replicate_token", "r8_", rb"r8_[A-Za-z0-9]{37}"),
    _form("openrouter_key", "sk-or-v1-", rb"sk-or-v1-[a-f0-9]{64}"),
    _form("langsmith_key", "lsv2_", rb"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
    _form("pinecone_key", "pcsk_", rb"pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{60,66}"),
    _form("nvidia_key", "nvapi-", rb"nvapi-[\w-]{60,70}"),
    # messages
    _form(
        "slack_token",
        "xox xapp- xwfp-",
        rb"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,250}|x(?:app-\d|wfp)-[\w-]{10,250}",
    ),
    _form("telegram_token", ":A", rb"\d{8,10}:A[\w-]{34}", lead=(8, 10)),
    _form("twilio_key", "SK", rb"SK[a-f0-9]{32}"),
    _form("sendgrid_token", "SG.", rb"SG\.[\w-]{22}\.[\w-]{43}"),
    _form("mailchimp_key", "-us", rb"[a-f0-9]{32}-us\d{1,2}", lead=(32, 32)),
    _form("brevo_key", "xkeysib-", rb"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    _form("resend_key", "re_", rb"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
    # payment and trade
    _form("stripe_key", "k_live_", rb"[rs]k_live_[0-9A-Za-z]{16,247}", lead=(1, 1)),
    _form("stripe_webhook_secret", "whsec_", rb"whsec_[A-Za-z0-9+/]{32,64}={0,2}", beside=rb"\w/+="),
    _form("square_token", "sq0csp- sq0atp-", rb"sq0csp-[\w-]{43}|sq0atp-[\w-]{22}"),
    _form("braintree_token", "access_token$production$", rb"access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}"),
    _form("plaid_token", "access-production-", rb"access-production-" + _UUID),
    _form("flutterwave_key", "FLWSECK-", rb"FLWSECK-[a-z0-9]{32,44}-X"),
    _form("shopify_token", "shpat_ shpca_ shppa_ shpss_", rb"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _form("shippo_token", "shippo_live_", rb"shippo_live_[a-f0-9]{40}"),
    _form("easypost_key", "EZAK", rb"EZAK[A-Za-z0-9]{54}"),
    _form("duffel_token", "duffel_live_", rb"duffel_live_[\w=-]{43}"),
    # what teams work with
    _form("atlassian_token", "ATATT3xFfGF0", rb"ATATT3xFfGF0[\w=-]{100,220}"),
    _form("trello_token", "ATTA", rb"ATTA[a-f0-9]{64}[A-F0-9]{8}"),
    _form("linear_key", "lin_api_ lin_oauth_", rb"lin_api_[A-Za-z0-9]{40}|lin_oauth_[a-f0-9]{64}"),
    _form("notion_token", "ntn_", rb"ntn_[A-Za-z0-9]{46}"),
    _form("figma_token", "figd_", rb"figd_[\w-]{40}"),
    _form("clickup_token", "pk_", rb"pk_\d{6,9}_[A-Z0-9]{32}"),
    _form("dropbox_token", "sl.", rb"sl\.(?:u\.)?[\w-]{120,1400}"),
    _form("frameio_token", "fio-u-", rb"fio-u-[\w=-]{64}"),
    _form("contentful_token", "CFPAT-", rb"CFPAT-[\w-]{43}"),
    _form("readme_key", "rdme_", rb"rdme_[a-z0-9]{70}"),
    _form("typeform_token", "tfp_", rb"tfp_[\w.=-]{59}"),
    _form("postman_key", "PMAK-", rb"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _form("mapbox_token", "sk.eyJ", rb"sk\.eyJ[\w-]{40,200}\.[\w-]{22}", holds_json),
    _form("adafruit_key", "aio_", rb"aio_[A-Za-z0-9]{28}"),
    # what is of no service alone
    _form("jwt", "eyJ", rb"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,800}", decodes_as_jwt),
)
