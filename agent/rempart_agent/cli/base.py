"""The frame of our commands: how they read options, say errors and end; and the options that say what is looked at."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from rempart_agent.cli.outlet import install
from rempart_core.error import ContentError, RempartError, UsageError

if TYPE_CHECKING:
    from typing import TypedDict, Unpack

    from rempart_agent.engine import Images
    from rempart_core.messages.message import Message

    class ParserOptions(TypedDict, total=False):
        """What ``argparse.ArgumentParser`` takes, as far as our commands give it, and ``add_parser`` for them."""

        prog: str | None
        usage: str | None
        description: str | None
        epilog: str | None
        parents: Sequence[argparse.ArgumentParser]
        formatter_class: type[argparse.HelpFormatter]
        add_help: bool
        allow_abbrev: bool


OptionGroup = argparse._ActionsContainer  # noqa: SLF001 - its two kinds are public, what they share is not
"""What options are added to: a parser, or a group of its options."""

# argparse's own words stay English, by which ``parse_errors`` knows them, whatever catalogs a system has; to look for
# one takes 2 ms of every start.
_ENGLISH = {"_": str, "ngettext": lambda one, many, count: one if count == 1 else many}
_NEW_OBJECTS = 200_000  # between two looks for cycles of objects: a command makes many that stay, and few cycles


class HelpFormatter(argparse.HelpFormatter):
    """Knows its width without ``shutil`` (2 ms of every start)."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """See ``argparse.HelpFormatter.add_usage``; in the reader's language."""
        from rempart_agent.cli.language import words

        super().add_usage(usage, actions, groups, words("parse.usage") if prefix is None else prefix)

    def __init__(self, prog: str) -> None:
        """Format for the width of the terminal, 80 columns where there is none."""
        try:
            width = int(os.environ.get("COLUMNS", "")) or 80
        except ValueError:
            try:
                width = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80
            except (OSError, ValueError):
                width = 80
        super().__init__(prog, width=width - 2)


class LaidOutHelpFormatter(HelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps examples as they are laid out."""


class Parser(argparse.ArgumentParser):
    """An argument parser that formats by :class:`HelpFormatter`, and says what a mistyped word may have meant."""

    def __init__(self, **options: "Unpack[ParserOptions]") -> None:
        """See ``argparse.ArgumentParser``."""
        vars(argparse).update(_ENGLISH)
        options.setdefault("formatter_class", HelpFormatter)
        super().__init__(**options)
        from rempart_agent.cli.language import words

        self._positionals.title, self._optionals.title = words("parse.arguments"), words("parse.options")
        for action in self._actions:
            action.help = words("parse.help") if action.dest == "help" else action.help

    def parse_args(  # type: ignore[override]  # nobody hands in a namespace of another type
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Return what was given; an option that there is not is told by the command that it was given to.

        Args:
            args: The words of the command line; None for those that this process was started with.
            namespace: What the options are put into; None for a new one.

        Raises:
            SystemExit: The command line can't be understood, which was said on the standard error.
        """
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            parser = self.wanted(found)
            from rempart_agent.cli.parse_errors import unknown

            parser.fail(unknown(rest, parser.known_options()))
        return found

    def wanted(self, found: argparse.Namespace) -> "Parser":
        """Return the parser of the command, and of its action, that was given."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - what add_subparsers returns
                parser = action.choices.get(str(getattr(found, action.dest, "")))
                return parser.wanted(found) if isinstance(parser, Parser) else self
        return self

    def known_options(self) -> list[str]:
        """Return the long options."""
        return [name for name in self._option_string_actions if name.startswith("--")]

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and end with status 2; see ``argparse.ArgumentParser.error``."""
        from rempart_agent.cli.parse_errors import translate

        self.fail(translate(message))

    def fail(self, error: "Message") -> NoReturn:
        """Say how the command is used, what is wrong, and where to read more; end with status 2."""
        from rempart_agent.cli.language import words
        from rempart_core.text import clean

        self.print_usage(sys.stderr)
        told = words("parse.error", program=self.prog, error=error) + words("parse.see_help", program=self.prog)
        self.exit(2, clean(told))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            from rempart_agent.cli.language import chosen
            from rempart_agent.cli.parse_errors import no_choice
            from rempart_core.messages.say import say as in_words

            said = in_words(no_choice(str(value), [str(one) for one in action.choices]), chosen())
            raise argparse.ArgumentError(action, said)


def leave(status: int) -> int:
    """End the process with a status, without taking the interpreter down piece by piece (5 ms of an audit's 100).

    Everything that must be let go of has been: the commands close what they open.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return status
    os._exit(status)


def guard(command: Callable[[], int]) -> int:
    """Run a command and return its exit status; say errors on standard error, one line each, and never a traceback."""
    if sys.platform == "win32":  # where a pipe has the code page of the system's language, which lacks most of Unicode
        for stream in (sys.stdout, sys.stderr):
            getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8", errors="replace")
    before = sys.stdout, sys.stderr
    gc.set_threshold(_NEW_OBJECTS, 20, 100)
    install()
    try:
        return _guard(command)
    finally:
        sys.stdout, sys.stderr = before


def _guard(command: Callable[[], int]) -> int:
    try:
        status = command()
        sys.stdout.flush()
    except ContentError as error:
        from rempart_agent.cli.language import chosen, words
        from rempart_core.text import clean_line

        for mistake in error.mistakes:
            print(clean_line(mistake.say(chosen())), file=sys.stderr)
        print(f"rempart: {words('text.mistake_count', count=len(error.mistakes))}", file=sys.stderr)
        return 2
    except RempartError as error:
        from rempart_agent.cli.language import chosen
        from rempart_core.messages.say import say as say_message

        print(f"rempart: {say_message(error.message, chosen())}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 3
    except KeyboardInterrupt:
        from rempart_agent.cli.language import words

        print(f"\nrempart: {words('text.interrupted')}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone; say nothing and let the interpreter not stumble over it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


def add_target(parser: OptionGroup) -> None:
    """Add the options that say what is looked at."""
    from rempart_agent.cli.language import option_help

    parser.add_argument(
        "--root",
        metavar="DIR",
        help=option_help("help.root"),
    )
    parser.add_argument("--image", metavar="FILE", action="append", default=[], help=option_help("help.image"))
    parser.add_argument("--image-root", metavar="VOLUME", default="", help=option_help("help.image_root"))
    parser.add_argument("--image-platform", metavar="OS/ARCH", default="", help=option_help("help.image_platform"))
    parser.add_argument("--image-ref", metavar="NAME|DIGEST", default="", help=option_help("help.image_ref"))
    parser.add_argument("--image-max", metavar="SIZE", type=size, default=0, help=option_help("help.image_max"))
    parser.add_argument(
        "--engine",
        choices=["auto", "osqueryd", "osqueryi", "embedded"],
        default="auto",
        help=option_help("help.engine"),
    )
    parser.add_argument(
        "--socket",
        metavar="PATH",
        default="",
        help=option_help("help.socket"),
    )
    parser.add_argument(
        "--deadline",
        metavar="SECONDS",
        type=seconds,
        default=20.0,
        help=option_help("help.deadline"),
    )


def images_of(options: argparse.Namespace) -> "Images | None":
    """Return the images that are looked at; None where none is.

    Raises:
        UsageError: an option of images stands alone, or an image and a root filesystem are asked for.
    """
    from rempart_agent.engine import Images
    from rempart_core.messages.message import Message

    more = [name for name in ("image_root", "image_platform", "image_ref", "image_max") if getattr(options, name, "")]
    if not options.image:
        if more:
            raise UsageError(Message("engine.image_needed", option="--" + more[0].replace("_", "-")))
        return None
    if options.root is not None:
        raise UsageError(Message("engine.image_with", option="--root"))
    images = Images(tuple(options.image), options.image_root, options.image_platform, options.image_ref)
    return images._replace(maximum=options.image_max) if options.image_max else images


def seconds(text: str) -> float:
    """Return a number of seconds that a user gave.

    Raises:
        ArgumentTypeError: It is no number above 0 and up to 86,400 (a day).
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86_400:
        from rempart_agent.cli.language import words
        from rempart_core.suggestion import quoted

        raise argparse.ArgumentTypeError(words("parse.seconds", value=quoted(text)))
    return value


def size(text: str) -> int:
    """Return a number of bytes that a user gave, as ``500M``, ``32G`` or ``1T``: powers of 1024.

    Raises:
        ArgumentTypeError: It is no such number, or its digits come to 0, or to 100,000 or more.
    """
    digits, unit = text[:-1], text[-1:].upper()
    if not digits.isdecimal() or not digits.isascii() or unit not in "MGT" or not 0 < int(digits[:8]) < 100_000:
        from rempart_agent.cli.language import words
        from rempart_core.suggestion import quoted

        raise argparse.ArgumentTypeError(words("parse.size", value=quoted(text)))
    return int(digits[:8]) << {"M": 20, "G": 30, "T": 40}[unit]


def say(note: "Message | str") -> None:
    """Tell the user something on standard error, on one line, in the language that was chosen."""
    from rempart_agent.cli.language import chosen
    from rempart_core.messages.say import say as in_words
    from rempart_core.text import clean_line

    told = note if isinstance(note, str) else in_words(note, chosen())
    print(f"rempart: {clean_line(told)}", file=sys.stderr)
