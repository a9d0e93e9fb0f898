"""The program that the timer runs: the code that this call itself came with, and no other."""

import io
import sys
import zipfile
from typing import Any

from . import program

_MAIN = "import sys\nfrom rempart_fix import program\nsys.exit(program.main(sys.argv[1:]))\n"


def make_program() -> bytes:
    """Return it as an archive that Python runs."""
    data = io.BytesIO()
    top = program.__name__.rpartition(".")[0] + "."
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("__main__.py", _MAIN)
        for name, module in sorted(sys.modules.items()):
            one: Any = module
            if (name + ".").startswith(top) and one is not None:
                path = name[len(top) :].replace(".", "/")
                if hasattr(one, "__path__"):
                    path = (path + "/__init__").lstrip("/")
                archive.writestr(f"rempart_fix/{path}.py", one.__loader__.get_source(name))
    return data.getvalue()
