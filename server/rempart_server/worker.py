"""What granian starts in each worker: the directory opened, the application built; closed when the worker stops."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from rempart_server.opening import open_context

if TYPE_CHECKING:
    from starlette.applications import Starlette


def load(directory: str) -> "Starlette":
    """Return the application of this worker.

    Args:
        directory: Where ``server.yaml`` lies.
    """
    from rempart_server.app import build

    stack = ExitStack()
    context = stack.enter_context(open_context(directory))
    return build(context, stack.close)
