"""The manual page ``rempart.1``, made from the commands' own words by argparse-manpage.

The wheel of ``make dist`` takes it along into ``share/man/man1`` (this is hatch's build hook). A wheel has none where
argparse-manpage is not there, as when pip builds a checkout. ``python manual/manual_page.py FILE``, which is ``make
man``, writes it. Nothing of what Rempart depends on is needed for it.
"""

import argparse
import os
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PLACE = "share/man/man1/rempart.1"
_PARTS = ("core", "agent", "reports", "store", "controller")
_FILES = """.TP
.I ~/.local/share/rempart/rempart.db
the store (\\fB$REMPART_STORE\\fR), which \\fB--store\\fR fills
.TP
.I ~/.local/share/rempart/signing-key.pem
the key that signs (\\fB$REMPART_KEY\\fR)
.TP
.I ~/.local/share/rempart/known_agents
the agents that are trusted (\\fB$REMPART_AGENTS\\fR)"""


def write_page() -> str:
    """Return the manual page, in the language of man."""
    from argparse_manpage.manpage import Manpage

    sys.path[:0] = [str(ROOT / part) for part in _PARTS]
    try:
        from rempart_controller.commands.main import make_parser
        from rempart_core.version import VERSION
    finally:
        del sys.path[: len(_PARTS)]
    os.environ["COLUMNS"] = "400"  # man breaks lines by itself
    parser = make_parser()
    examples, parser.epilog = str(parser.epilog), None
    about = {
        "project_name": "rempart",
        "version": VERSION,
        "description": "audit and harden machines, with evidence",
        "manual_title": "Rempart",
        "date": " ",  # the same page from the same words
    }
    page = Manpage(parser, _data=about, format="single-commands-section")
    page.parser._manpage = [  # noqa: SLF001 - so its documentation says
        {"heading": "examples", "content": _keep(examples.partition("\n")[2])},
        {"heading": "files", "content": _FILES},
    ]
    return str(page).replace("\nARGUMENTS\n", "\nCOMMANDS\n", 1)


def _keep(text: str) -> str:
    """Return lines that man leaves as they are."""
    lines = (line.strip().replace("\\", "\\e").replace("-", "\\-") for line in text.strip().splitlines())
    return "\n".join([".nf", *(f"\\&{line}" for line in lines), ".fi"])


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # where only the page is wanted
    pass
else:

    class ManualPage(BuildHookInterface):  # type: ignore[type-arg]
        """Puts the page into a wheel."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """See BuildHookInterface.initialize."""
            if self.target_name == "wheel" and version != "editable" and find_spec("argparse_manpage"):
                self._folder = tempfile.TemporaryDirectory()
                file = Path(self._folder.name, "rempart.1")
                file.write_text(write_page(), encoding="utf-8")
                build_data["shared_data"][str(file)] = PLACE

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
            """See BuildHookInterface.finalize."""
            if hasattr(self, "_folder"):
                self._folder.cleanup()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("file", metavar="FILE", type=Path, help="where the page goes")
    place = options.parse_args().file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(write_page(), encoding="utf-8")
