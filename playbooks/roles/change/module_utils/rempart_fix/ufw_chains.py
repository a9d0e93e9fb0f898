"""What of ufw is live: its chains, and whether what comes in is led through them."""

import re
from typing import Optional

from .contract import NONE, Text
from .place import Place

CONF = "/etc/ufw/ufw.conf"
_JUMP = "-A INPUT -j ufw-before-input"


def is_on(data: Optional[bytes]) -> bool:
    """Tell whether ufw is on, by its file."""
    return bool(re.search(rb"(?mi)^ENABLED=[\"']?yes", data or b""))


def read_conf(place: Place) -> bytes:
    """Return the file that says whether ufw is on."""
    try:
        with open(place.at(CONF), "rb") as file:
            return file.read()
    except OSError:
        return b""


def is_loaded(place: Place, policy: str) -> bool:
    """Tell whether the rules of ufw are live, and what comes in else meets the policy."""
    status, said = place.run(["iptables", "-S", "INPUT"], 30)
    return status == 0 and f"-P INPUT {policy}" in said.splitlines() and _JUMP in said.splitlines()


def find_cut(place: Place) -> Text:
    """Return why a reload would cut all off; ``NONE`` where it would not.

    ufw leads INPUT through its chains only where it makes them (ufw-init-functions: ``ufw_start``): where somebody has
    flushed INPUT alone, a reload sets the policy and leaves out what lets in.
    """
    _, said = place.run(["iptables", "-S"], 30)
    lines = said.splitlines()
    if "-N ufw-before-input" not in lines or _JUMP in lines:
        return NONE
    return (
        "the chains of ufw are there and INPUT does not lead to them: a reload would refuse all that comes in",
        "les chaînes d’ufw existent mais INPUT n’y mène pas\u00a0: un rechargement refuserait tout",
    )
