"""The embedded engine on image files: they are parsed in its worker, which is caged before it reads a byte of them."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rempart_agent.engine import DEADLINE, MAX_ROWS, Images
from rempart_agent.engines.embedded.engine import Embedded
from rempart_agent.source.target import Target
from rempart_core.error import UsageError
from rempart_core.messages.carried import from_data, to_data
from rempart_core.messages.message import Message, as_is, lines
from rempart_core.messages.readers import message_or_theirs
from rempart_core.model.result import Answer, ContainerIdentity, EngineIdentity, Failure

if TYPE_CHECKING:
    from rempart_agent.images.containers.choice import Unchosen
    from rempart_agent.images.machine import Opened
    from rempart_agent.source.contract import SourceError

OPENING = 600.0
"""Seconds that the images may take to be opened: layers of containers are unpacked then."""
_MODULES = ("pyfsfat", "pyfsntfs", "pyfsxfs", "zstandard")
INSTALL = "pip install 'rempart[images]'"


class ImageEngine(Embedded):
    """SQL over what images hold."""

    def __init__(self, images: Images, redact: bool, say: Callable[[Message], None]) -> None:
        """Open the images and read what they hold, once.

        Args:
            images: The files.
            redact: See ``Embedded``.
            say: Is told that reading takes long.

        Raises:
            UsageError: a file does not exist, what reads images is not installed, or it is not clear what is meant.
        """
        opened = _open(images)
        self._unread: Failure | None = None
        self._sandbox = ""
        self._container: ContainerIdentity | None = None
        self._platform = ""
        super().__init__(lambda: make_target(images, opened), privileged=True, redact=redact)
        about, failure = self.about(OPENING)
        if about.get("unclear"):
            self.close()
            raise UsageError(Message("engine.image_unclear", why=from_data(json.loads(about["unclear"]))))
        self._sandbox = about.get("sandbox", "")
        self._platform = about.get("system", "")
        if about.get("config"):
            only = bool(about["only"])
            self._container = ContainerIdentity(about["manifest"], about["config"], only, about["platform"])
        if about.get("unread"):
            why = message_or_theirs(json.loads(about["said"]), about["unread"])
            failure = Failure.of("source", Message("engine.image_unread", why=why))
        self._unread = failure
        if failure is not None:
            say(failure.said or Message("engine.image_unread", why=Message("text.theirs", text=failure.message)))

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return super().identity()._replace(sandbox=self._sandbox)

    def container(self) -> ContainerIdentity | None:
        """See Engine.container."""
        return self._container

    def platform(self) -> str:
        """See Engine.platform."""
        return self._platform

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query: what could not even be opened answers nothing, at once."""
        if self._unread is not None:
            return Answer(failure=self._unread)
        return super().query(sql, deadline, max_rows)


def _open(images: Images) -> "list[Opened] | SourceError":
    import importlib.util

    from rempart_agent.source.contract import Denied, Missing, SourceError

    if any(importlib.util.find_spec(name) is None for name in _MODULES):
        raise UsageError(Message("engine.image_extra", command=INSTALL))
    from rempart_agent.images.machine import open_image

    try:
        return [open_image(path) for path in images.files]
    except (Missing, Denied) as error:
        raise UsageError(Message("engine.image", error=message_or_theirs(error.said, str(error)))) from error
    except SourceError as error:
        return error


def make_target(images: Images, opened: "Sequence[Opened] | SourceError") -> Target:
    """Return the target that images are; called in the worker, which is caged from here on.

    Args:
        images: What the user said.
        opened: The files, open; or why they could not be opened as what they are.
    """
    from rempart_agent.images import sandbox
    from rempart_agent.images.containers.choice import Unchosen
    from rempart_agent.images.machine import SeveralSystems, identify_container, read_machine
    from rempart_agent.images.target import ImageTarget, UnreadTarget
    from rempart_agent.images.windows.target import WindowsTarget, is_windows
    from rempart_agent.source.contract import Malformed, SourceError

    name = ", ".join(images.files)
    about = {"sandbox": sandbox.enter()}
    if isinstance(opened, SourceError):
        return UnreadTarget(name, opened, about)
    try:
        tree = read_machine(opened, images)
        if is_windows(tree.mounts[0].filesystem):
            about["system"] = "windows"
            return WindowsTarget(name, tree, about, tree.unplaced)
        return ImageTarget(name, tree, about | identify_container(tree))
    except SeveralSystems as error:
        about["unclear"] = json.dumps(to_data(as_is(f"--image-root: {error}")))
        return UnreadTarget(name, SourceError(str(error)), about)
    except Unchosen as error:
        about["unclear"] = json.dumps(to_data(_tell(error)))
        return UnreadTarget(name, error, about)
    except SourceError as error:
        return UnreadTarget(name, error, about)
    except MemoryError:
        return UnreadTarget(name, Malformed("reading it takes more memory than the limit of 1 GiB"), about)


def _tell(error: "Unchosen") -> Message:
    """Return which images there are to choose from."""
    images = lines([as_is(f"  {one}") for one in error.images])
    if error.option:
        return Message("engine.several_images", name=error.name, option=error.option, images=images)
    return Message("engine.no_such_image", name=error.name, asked=error.asked, images=images)
