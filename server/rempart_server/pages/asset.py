"""What pages load besides themselves: style, htmx, charts. All of it ours or vendored, and packed once.

Each address has a digest of the content in it, so that browsers keep it for good and never show an old one.
"""

import gzip
import os
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rempart_reports.formats.html.page import read_template

_FOLDER = os.path.join(os.path.dirname(__file__), "assets")
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
VENDORED = {
    "htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "uplot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    "uplot.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
}
"""SHA-256 of the files that are others': htmx 2.0.11 and uPlot 1.6.32 as their packages have them."""
_NAMES = ("site.css", "chart.js", "icon.svg", *VENDORED)


class Asset(NamedTuple):
    """A file that pages load.

    Attributes:
        content: Its bytes.
        packed: The same by gzip.
        kind: Its media type.
        digest: The beginning of its SHA-256, in hex.
    """

    content: bytes
    packed: bytes
    kind: str
    digest: str


@cache
def read_assets() -> dict[str, Asset]:
    """Return the files by name; the style is that of the reports with what the server adds."""
    return {name: _pack(name, _read(name)) for name in _NAMES}


def _read(name: str) -> bytes:
    with open(os.path.join(_FOLDER, name), "rb") as file:
        content = file.read()
    if name == "site.css":
        return "".join(map(read_template, ("report.css", "fleet.css", "document.css"))).encode() + content
    return content


def _pack(name: str, content: bytes) -> Asset:
    kind = _TYPES[os.path.splitext(name)[1]]
    return Asset(content, gzip.compress(content, 9, mtime=0), kind, sha256(content).hexdigest()[:16])


def address_of(name: str) -> str:
    """Return the address of a file, for pages."""
    return f"/assets/{read_assets()[name].digest}/{name}"


async def serve(request: Request) -> Response:
    """Answer a request for a file; nobody has to sign in for these."""
    asset = read_assets().get(request.path_params["name"])
    if asset is None or request.path_params["digest"] != asset.digest:
        return PlainTextResponse("not found\n", 404, {"cache-control": "no-store"})
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, 200, {**headers, "content-encoding": "gzip"}, asset.kind)
    return Response(asset.content, 200, headers, asset.kind)
