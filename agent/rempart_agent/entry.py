"""Where ``rempart-agent`` begins: Ctrl-C ends the process in silence until its command is loaded and answers for it."""

import importlib
import os
import signal


def main() -> int:
    """Run the command and return its exit status."""
    return enter("rempart_agent.commands.main")


def enter(module: str) -> int:
    """Load the module of a command and run its ``main``; who ignores SIGINT from outside (``nohup``) goes on to."""
    mine = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if mine:
        # An exception out of the middle of an import would be a traceback, or some other module's ImportError.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    command = importlib.import_module(module)
    try:
        if mine:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        status: int = command.main()
    except KeyboardInterrupt:
        return 130
    return status
