"""All that a fix reads of the endpoint, noted: what it saw decides what it does."""

import hashlib
import json
import os
from typing import Any, Dict, List, Optional, Tuple

from .place import Place


class Sight:
    """Reads of the live state, with what the acts that are to come would make of it laid over.

    Attributes:
        place: Of the change.
        facts: What the audit that just ran has found out already (``packages``, ``ports``, ``ways in``), by name.
        notes: What was read, by name: a digest, or a short word.
    """

    def __init__(self, place: Place, facts: Optional[Dict[str, Any]] = None) -> None:
        self.place = place
        self.facts = facts or {}
        self.notes: Dict[str, str] = {}
        self._planned: Dict[Tuple[str, str], Any] = {}

    def note(self, name: str, value: Any) -> None:
        """Note that something was read: the first time counts."""
        word = json.dumps(value, sort_keys=True, default=repr)
        self.notes.setdefault(name, word if len(word) < 65 else hashlib.sha256(word.encode()).hexdigest())

    def run(self, words: List[str], timeout: float = 60) -> Tuple[int, str]:
        """Run a program that only reads, and note what it said."""
        status, said = self.place.run(words, timeout)
        self.note("run " + " ".join(words), [status, said])
        return status, said

    def plan(self, kind: str, target: str, after: Any) -> None:
        """Lay over how a thing will stand once the acts resolved so far are done."""
        self._planned[kind, target] = after

    def planned(self, kind: str, target: str, default: Any = None) -> Any:
        """Return how a thing will stand by the acts resolved so far; the default where they leave it."""
        return self._planned.get((kind, target), default)

    def read(self, path: str) -> Optional[bytes]:
        """Return the contents of a file, as the acts resolved so far will leave it; None where there is none.

        Raises:
            OSError: It can't be read.
        """
        planned = self.planned("content", path, self)
        if planned is not self:
            return planned  # type: ignore[no-any-return]  # what plan was given
        try:
            with open(self.place.at(path), "rb") as file:
                data = file.read()
        except (FileNotFoundError, NotADirectoryError):
            self.note("file " + path, None)
            return None
        self.note("file " + path, hashlib.sha256(data).hexdigest())
        return data

    def names(self, folder: str) -> List[str]:
        """Return the sorted names in a folder, with those that are planned; ``[]`` where there is none."""
        try:
            found = set(os.listdir(self.place.at(folder)))
        except (FileNotFoundError, NotADirectoryError):
            found = set()
        self.note("folder " + folder, sorted(found))
        for (kind, path), after in self._planned.items():
            if kind == "content" and os.path.dirname(path) == folder:
                (found.discard if after is None else found.add)(os.path.basename(path))
        return sorted(found)

    def save(self) -> Dict[Tuple[str, str], Any]:
        """Return what is planned so far, for :meth:`restore`."""
        return dict(self._planned)

    def restore(self, planned: Dict[Tuple[str, str], Any]) -> None:
        """Forget what was planned since."""
        self._planned = planned

    def digest(self) -> str:
        """Return one SHA-256 of all that was read."""
        return hashlib.sha256(json.dumps(self.notes, sort_keys=True).encode()).hexdigest()
