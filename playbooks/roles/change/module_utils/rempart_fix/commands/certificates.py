"""Renews the certificates that certbot keeps, those that are due by its own rules."""

import os
from typing import Any, Dict, List, Mapping

from ..contract import Act
from ..place import Place
from ..sight import Sight
from .command import Command, ask, list_files

_PROGRAM, _RENEWAL = "/usr/bin/certbot", "/etc/letsencrypt/renewal"


def _due(spec: Mapping[str, Any], sight: Sight) -> List[str]:
    there = os.path.exists(sight.place.at(_PROGRAM)) and bool(sight.names(_RENEWAL))
    sight.note("certbot", there)
    return ["certificates of certbot"] if there else []


def _see(target: str, place: Place) -> Dict[str, Any]:
    """Return which certificate of its archive each name stands for: certbot numbers them."""
    links = list_files(place, ["/etc/letsencrypt/live/*/cert.pem"])
    return {path: os.readlink(place.at(path)) for path in sorted(links) if os.path.islink(place.at(path))}


def _run(act: Act, place: Place) -> str:
    return ask(place, ["certbot", "renew", "--non-interactive"], 1500)


RENEW = Command(
    _due,
    _see,
    _run,
    (
        "a certificate that was renewed stays; the one before it lies in /etc/letsencrypt/archive until it runs out",
        "un certificat renouvelé reste\u202f; le précédent est dans /etc/letsencrypt/archive jusqu’à son expiration",
    ),
)
