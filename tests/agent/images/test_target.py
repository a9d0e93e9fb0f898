"""A tree as a target: what a table asks of it, as of a root file system."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.given_tree import GivenFileSystem
from rempart_testing.images import FileLayer, make_ext

from rempart_agent.images.native import open_native
from rempart_agent.images.target import ImageTarget, UnreadTarget
from rempart_agent.images.tree import Mounted, Tree
from rempart_agent.readers.files import volume
from rempart_agent.source.contract import Loop, Missing, NotObservable, SourceError, Unfit
from rempart_agent.source.target import Target
from rempart_agent.targets.root import RootTarget


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[ImageTarget, RootTarget]:
    base = tmp_path_factory.mktemp("pair")
    top = base / "tree"
    (top / "usr" / "bin").mkdir(parents=True)
    (top / "etc").mkdir()
    (top / "usr" / "bin" / "tool").write_text("tool\nlines")
    (top / "bin").symlink_to("usr/bin")
    (top / "abs").symlink_to("/usr/bin/tool")
    (top / "loop").symlink_to("loop")
    (top / "broken").symlink_to("nowhere")
    for name in ("a.conf", "b.conf", ".hidden.conf", "c.txt"):
        (top / "etc" / name).write_text(name)
    filesystem = open_native(FileLayer(make_ext(top, base / "image")))
    assert filesystem is not None
    return ImageTarget("image", Tree([Mounted("/", filesystem, "ext4")])), RootTarget(str(top))


ASKED = {
    "read": lambda t: t.read("/bin/tool"),
    "read by a link": lambda t: t.lines("/abs"),
    "read a folder": lambda t: t.read("/etc"),
    "read what is too large": lambda t: t.read("/abs", 3),
    "read nothing": lambda t: t.read("/broken"),
    "read behind a file": lambda t: t.read("/usr/bin/tool/x"),
    "head": lambda t: t.read_head("/abs", 4),
    "bytes": lambda t: (t.read_at("/abs", 2, 3), t.read_at("/abs", 5, 99), t.read_at("/abs", 99, 1)),
    "bytes of nothing": lambda t: t.read_at("/broken", 0, 1),
    "chunks": lambda t: list(t.chunks("/abs", 100)),
    "chunks of what is too large": lambda t: list(t.chunks("/abs", 3)),
    "loop": lambda t: t.stat("/loop"),
    "readlink": lambda t: t.readlink("/abs"),
    "readlink of none": lambda t: t.readlink("/etc"),
    "realpath": lambda t: t.realpath("/bin/../bin/tool"),
    "realpath of nothing": lambda t: t.realpath("/broken"),
    "listdir": lambda t: t.listdir("/etc"),
    "listdir by a link": lambda t: t.listdir("/bin"),
    "listdir of a file": lambda t: t.listdir("/abs"),
    "listdir of nothing": lambda t: t.listdir("/nowhere"),
    "entries": lambda t: [one for one in t.entries("/") if one[0] != "lost+found"],
    "some entries": lambda t: t.entries("/etc", lambda name: name.endswith("conf")),
    "exists": lambda t: (t.exists("/abs"), t.exists("/broken"), t.exists("/etc/")),
    "glob": lambda t: t.glob("/etc/*.conf"),
    "glob of hidden": lambda t: t.glob("/e*/.*"),
    "not absolute": lambda t: t.read("etc"),
    "with NUL": lambda t: t.read("/etc\0"),
    "attribute": lambda t: t.xattr("/abs", "user.none"),
    "statuses": lambda t: sorted(
        (name, kind, None if status is None else (status.st_mode, status.st_mtime_ns // 10**9))
        for name, kind, status in t.statuses("/")
        if name != "lost+found" and kind != "directory"
    ),
    "statuses by ending": lambda t: [one[0] for one in sorted(t.statuses("/etc", ".txt"), key=lambda one: one[0])],
    "lstat": lambda t: (t.lstat("/abs").st_mode, t.stat("/abs").st_size, t.stat("/abs").st_mtime_ns // 10**9),
    "run": lambda t: t.run(["true"]),
    "ask": lambda t: t.ask("x", lambda: 1),
    "need_live": lambda t: t.need_live(),
}


def _answer(target: Target, question: str) -> object:
    try:
        return ASKED[question](target)
    except SourceError as error:
        return type(error), str(error).replace(target.name, "")


@pytest.mark.parametrize("question", ASKED)
def test_it_answers_as_a_root_file_system_does(question: str, pair: tuple[ImageTarget, RootTarget]) -> None:
    image, root = pair
    assert _answer(image, question) == _answer(root, question)


def test_mounts_are_those_of_the_image() -> None:
    var = GivenFileSystem({"a b": {}})
    tree = Tree(
        [
            Mounted("/", GivenFileSystem({}, kind="layers"), "layers"),
            Mounted("/home", None, "nfs"),
            Mounted("/var", var, "xfs", ("nosuid", "nodev")),
            Mounted("/var/a b", GivenFileSystem({}), "ext4"),
        ]
    )
    plan = volume.plan(ImageTarget("image", tree).mountinfo(), "/")
    assert [(one.path, one.type, one.nosuid) for one in plan.visited] == [
        ("/", "overlay", False),
        ("/var", "xfs", True),
        ("/var/a b", "ext4", False),
    ]
    assert [one.path for one in plan.skipped] == ["/home"]
    target = ImageTarget("image", tree)
    assert ("home", "directory") in target.entries("/")
    for asked in (lambda: target.statuses("/"), lambda: target.read("/home/x"), lambda: target.exists("/home/x")):
        with pytest.raises(Unfit, match="mounted from elsewhere"):
            asked()


def test_an_image_that_was_not_read_answers_nothing(tmp_path: Path) -> None:
    target = UnreadTarget("image", Unfit("it is cut off"), {"sandbox": "limits only"})
    said = json.dumps(["it is cut off", {}])
    assert target.about() == {"sandbox": "limits only", "unread": "it is cut off", "said": said}
    for question, ask in ASKED.items():
        if question in {"not absolute", "with NUL"}:
            continue
        with pytest.raises(SourceError, match="was not read whole: it is cut off"):
            ask(target)
    for ask in (target.mountinfo, target.contents):
        with pytest.raises(SourceError, match="not read whole"):
            ask()


def test_each_stored_file_is_told_once_with_its_place_in_the_tree() -> None:
    tree = Tree(
        [
            Mounted("/", GivenFileSystem({"etc": {"a": b"one"}}), "ext4"),
            Mounted("/home", None, "nfs"),
            Mounted("/var", GivenFileSystem({"log": {"b": b"three"}}), "xfs"),
        ]
    )
    stored = list(ImageTarget("image", tree).contents())
    assert [(one.path, one.size, one.read(1, 2)) for one in stored] == [("/etc/a", 3, b"ne"), ("/var/log/b", 5, b"hr")]


def test_errors_are_of_the_kinds_that_tables_know() -> None:
    target = ImageTarget("x", Tree([Mounted("/", GivenFileSystem({"l": "l"}), "ext4")]))
    for path, kind in (("/l", Loop), ("/no", Missing)):
        with pytest.raises(kind):
            target.stat(path)
    with pytest.raises(NotObservable):
        target.need_live()
