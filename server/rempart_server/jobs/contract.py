"""What a job is to those who do it."""

from collections.abc import Awaitable, Callable

from rempart_server.context import Context
from rempart_store.server.job import Job

Handler = Callable[[Context, Job], Awaitable[None]]
"""Does a job. It may be begun again where a worker was lost in it, so it does nothing twice that is done already."""
