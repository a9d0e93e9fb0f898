"""The store that an audit is saved in, opened only where one was asked for."""

import argparse
from typing import Any


def open_recorder(options: argparse.Namespace) -> Any:
    """Return the store that an audit is to be saved in, opened before the audit, which may take long; None for none."""
    if options.store is None and not options.sign and options.keep is None:
        return None
    from rempart_controller.recording import run_recorder as memory

    return memory.open_recorder(options)
