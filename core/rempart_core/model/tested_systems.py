"""Which systems the models were held against: on others their answers go by the documentation of other versions."""

from rempart_core.text import Text

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
