"""The operating system's reasons: the usual ones in both languages, others in its own words."""

from __future__ import annotations

import errno
import os
import socket
import ssl

import pytest

from rempart_core.messages.message import as_is
from rempart_core.messages.say import say_both
from rempart_core.messages.system import reason_of


@pytest.mark.parametrize(
    ("number", "en", "fr"),
    [
        (errno.ECONNREFUSED, "connection refused", "connexion refusée"),
        (errno.EACCES, "permission denied", "accès refusé"),
        (errno.EPERM, "permission denied", "accès refusé"),
        (errno.ENOENT, "no such file or directory", "fichier ou dossier inexistant"),
        (errno.ELOOP, "too many levels of symbolic links", "trop de niveaux de liens symboliques"),
        (errno.EDQUOT, "disk quota exceeded", "le quota du disque est épuisé"),
        (errno.ETXTBSY, "text file busy", "le programme est en cours d’exécution"),
        (errno.EOPNOTSUPP, "operation not supported", "opération non prise en charge"),
        (errno.ENOSPC, "no space left on device", "plus de place sur le disque"),
    ],
)
def test_usual_reasons_are_known(number: int, en: str, fr: str) -> None:
    assert say_both(reason_of(OSError(number, os.strerror(number)))) == (en, fr)


def test_the_resolver_has_numbers_of_its_own() -> None:
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert say_both(reason_of(unknown)) == ("name or service not known", "nom de machine inconnu")
    assert reason_of(socket.gaierror(socket.EAI_FAMILY, "Family")) == as_is("family")


def test_numbers_of_tls_are_no_numbers_of_the_system() -> None:
    """Else a wrong certificate (1, ``SSL_ERROR_SSL``) would be told as a lack of permission (1, ``EPERM``)."""
    wrong = ssl.SSLCertVerificationError(1, "certificate verify failed")
    assert reason_of(wrong) == as_is("certificate verify failed")


def test_others_stay_as_they_are() -> None:
    assert reason_of(OSError(errno.ECHILD, "No child processes")) == as_is("no child processes")
    assert reason_of(OSError("half a reason")) == as_is("half a reason")
    assert reason_of(OSError()) == as_is("oserror")
