"""What ``rempart audit --attest`` does: it looks at the images before the audit, and signs for them after it."""

import os
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, TextIO

from rempart_controller.attestation.image_file import Stamp, hash_file, is_archive, stamp_of
from rempart_controller.attestation.subject import list_subjects
from rempart_core.error import AttestationError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.model.check import Severity
from rempart_core.model.result import Run
from rempart_core.signing.attestation import sign
from rempart_core.signing.key import Key, load_key
from rempart_core.signing.run_statement import state_run
from rempart_reports.writing.file import write_file


class AttestRequest(NamedTuple):
    """An attestation is wanted.

    Attributes:
        place: Its file.
        key: The file of the private key.
        images: What is judged, by path.
    """

    place: str
    key: str
    images: tuple[str, ...]


class Attester:
    """The key, and the images as they were before the audit."""

    def __init__(self, request: AttestRequest, key: Key, stamps: Mapping[str, Stamp], *, new: bool = False) -> None:
        """Take what :func:`open_attester` found.

        Args:
            request: What is wanted.
            key: What signs.
            stamps: Of each file, by path.
            new: Whether the key was made for this: nobody knows it yet.
        """
        self._request, self._key, self._stamps, self._new = request, key, stamps, new

    def attest(self, run: Run, threshold: Severity) -> Sequence[Message]:
        """Sign for the images, and return what the user is told.

        Args:
            run: What was found.
            threshold: The least severity that counts.

        Raises:
            AttestationError: An image is not what it was before the audit, nothing has a digest, or nobody knows which
                image of an archive was judged: nothing is signed.
            ReportError: The attestation can't be written.
        """
        if run.unfinished.en:
            raise AttestationError(Message("attest.not_finished"))
        containers = dict.fromkeys(self._request.images, run.container) if run.container is not None else {}
        for path in self._stamps:
            if path not in containers and is_archive(path):
                raise AttestationError(Message("attest.which", image=path))
        digests = {path: hash_file(path, stamp) for path, stamp in self._stamps.items()}
        subjects = list_subjects(self._request.images, digests, containers)
        if not subjects:
            raise AttestationError(Message("attest.subject_missing"))
        said = state_run(run, threshold, subjects)
        text = sign(said, self._key).decode()

        def write(out: TextIO) -> None:
            out.write(text)

        write_file(self._request.place, write)
        path = self._request.key
        public = shlex.quote(path.removesuffix(".pem") + ".pub")
        return (
            *((Message("attest.key_made", path=path),) if self._new else ()),
            Message("attest.signed", path=self._request.place, result=said.result, key=self._key.public),
            Message("attest.key_file", path=shlex.quote(path), public=public),
        )


def open_attester(request: AttestRequest) -> Attester:
    """Return what attests, before the audit; an attestation of before is taken away, for it is none of this audit.

    Raises:
        UsageError: An image can't be had, or has no bytes that a digest could name.
        KeyFileError: The key can't be had.
        AttestationError: The file of before can't be taken away.
    """
    stamps = {}
    for path in request.images:
        try:
            stamp = stamp_of(path)
        except AttestationError as error:
            raise UsageError(error.message) from error
        if stamp is not None:
            stamps[path] = stamp
    new = not os.path.exists(request.key)
    key = load_key(request.key)
    try:
        with suppress(FileNotFoundError):
            if os.path.isfile(request.place):
                os.unlink(request.place)
    except OSError as error:
        raise AttestationError(Message("attest.write", path=request.place, error=reason_of(error))) from error
    return Attester(request, key, stamps, new=new)
