"""Which systems the models were held against: on others their answers go by the documentation of other versions."""

from rempart_core.text import Text
from rempart_core.typography import COLON, SEMICOLON

TESTED = ("Debian GNU/Linux 13",)
"""Beginnings of the names of systems whose own programs the models were held against (``make models``)."""
_NOTE = Text(
    "version not tested: what checks say of PAM, sudo, sshd, systemd, shells, logs and packages was held against the "
    "programs of Debian 13, not of this system",
    "version non essayée : ce que les vérifications disent de PAM, sudo, sshd, systemd, des interpréteurs, journaux et "
    "paquets a été confronté aux programmes de Debian 13, pas à ceux de ce système",
)


def note_version(platform: str, system: str) -> tuple[Text, ...]:
    """Return what a report says of a system that the models were not held against.

    Args:
        platform: ``linux``, ``darwin`` or ``windows``.
        system: As in ``TargetIdentity``; nothing is said where no system was recognised.
    """
    return (_NOTE,) if platform == "linux" and system and not system.startswith(TESTED) else ()


def note_profile(profile: str, written_for: str, system: str) -> tuple[Text, ...]:
    """Return what a report says where a profile was written for another system than the host's.

    Args:
        profile: Its name.
        written_for: See ``Profile.written_for``.
        system: As in ``TargetIdentity``; nothing is said where no system was recognised.
    """
    rest = system[len(written_for) :]
    if not written_for or not system or (system.startswith(written_for) and not rest[:1].isalnum()):
        return ()
    en = (
        f"The profile {profile} was written for {written_for}; this host is {system}: what its benchmark asks may be "
        "named, or set, in another way here."
    )
    fr = (
        f"Le profil {profile} a été écrit pour {written_for}{SEMICOLON}cette machine est {system}{COLON}ce que son "
        "référentiel demande peut y être nommé, ou réglé, autrement."
    )
    return (Text(en, fr),)
