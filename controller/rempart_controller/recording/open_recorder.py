"""What is to be remembered of an audit; the store is opened only where that is wanted."""

from typing import TYPE_CHECKING, NamedTuple

from rempart_controller.run_deadline import RunDeadline

if TYPE_CHECKING:  # what remembers nothing needs nothing of it
    from rempart_controller.recording.run_recorder import RunRecorder


class Recording(NamedTuple):
    """What is to be remembered.

    Attributes:
        store: Where: a file, a URL, ``""`` for the usual place; None where nothing was said.
        sign: Whether the whole run document is kept too, signed.
        keep: Days after which what is known is forgotten; None for never.
        whole: Whether the audit asks all of a profile; else what else is known of a host stands.
        deadline: When the whole run has to end.
    """

    store: str | None = None
    sign: bool = False
    keep: int | None = None
    whole: bool = True
    deadline: RunDeadline = RunDeadline()

    @property
    def wanted(self) -> bool:
        """Tell whether anything is to be remembered."""
        return self.store is not None or self.sign or self.keep is not None


def open_recorder(recording: Recording) -> "RunRecorder | None":
    """Return the store that an audit is to be saved in, opened before the audit, which may take long; None for none.

    Raises:
        UsageError: There can't be a store at that place.
        StoreError: It can't be opened.
        KeyFileError: The key can't be had.
    """
    if not recording.wanted:
        return None
    from rempart_controller.recording import run_recorder

    return run_recorder.open_recorder(recording)
