"""Layers over one another: what hides what, and what nobody may say."""

from __future__ import annotations

import stat
import tarfile

import pytest
from rempart_testing.container_images import Entry, again, folder, link, members, put, tar

from rempart_agent.images.containers.merging import Merging, split_name
from rempart_agent.images.containers.nodes import ROOT
from rempart_agent.source.contract import Limit, Malformed, SourceError


def merge(*layers: list[Entry]) -> Merging:
    """Return the tree of some layers."""
    merging = Merging()
    for layer in layers:
        merging.begin_layer()
        for member in members(tar(*layer)):
            merging.add(member)
    merging.nodes.settle()
    return merging


def show(merging: Merging) -> set[str]:
    """Return the paths that a container sees, folders with a slash."""
    nodes = merging.nodes
    found = set()
    todo = [(ROOT, "")]
    while todo:
        node, path = todo.pop()
        for name, inner in nodes.children[node].items():
            if nodes.is_folder(inner):
                todo.append((inner, f"{path}/{name}"))
                found.add(f"{path}/{name}/")
            else:
                found.add(f"{path}/{name}")
    return found


LOWER = [folder("d", 0o700, uid=5), put("d/old"), folder("d/sub"), put("d/sub/deep"), put("f")]
OPAQUE = put("d/.wh..wh..opq")


def test_a_whiteout_hides_a_file_or_a_whole_folder() -> None:
    assert show(merge(LOWER, [put(".wh.f"), put("d/.wh.sub")])) == {"/d/", "/d/old"}
    assert show(merge(LOWER, [put(".wh.d")])) == {"/f"}


def test_a_whiteout_hides_nothing_of_its_own_layer_wherever_it_stands() -> None:
    for upper in ([put("f"), put(".wh.f")], [put(".wh.f"), put("f")]):
        assert "/f" in show(merge(LOWER, upper))
    assert "/f" in show(merge([put("f"), put(".wh.f")]))


@pytest.mark.parametrize("place", range(4))
def test_an_opaque_folder_shows_its_own_layer_alone_wherever_the_mark_stands(place: int) -> None:
    upper = [folder("d", 0o750), put("d/new"), put("d/sub/new")]
    upper.insert(place, OPAQUE)
    merged = merge(LOWER, upper)
    assert show(merged) == {"/d/", "/d/new", "/d/sub/", "/d/sub/new", "/f"}
    nodes = merged.nodes
    place_of_sub = nodes.children[nodes.children[ROOT]["d"]]["sub"]
    assert nodes.mode[place_of_sub] == stat.S_IFDIR | 0o755
    assert nodes.mode[nodes.children[ROOT]["d"]] == stat.S_IFDIR | 0o750


@pytest.mark.parametrize("upper", [[put(".wh.d"), put("d/sub/new")], [put("d/sub/new"), put(".wh.d")]])
def test_a_folder_made_anew_under_a_hidden_one_has_nothing_of_it(upper: list[Entry]) -> None:
    merged = merge(LOWER, upper)
    assert show(merged) == {"/d/", "/d/sub/", "/d/sub/new", "/f"}
    node = merged.nodes.children[ROOT]["d"]
    assert (merged.nodes.mode[node] & 0o777, merged.nodes.uid[node]) == (0o755, 0)


def test_the_whiteout_of_the_layer_above_hides_what_a_layer_put_back() -> None:
    assert "/f" not in show(merge(LOWER, [put(".wh.f"), put("f")], [put(".wh.f")]))


def test_another_type_makes_way_with_all_below_it() -> None:
    assert show(merge(LOWER, [put("d")])) == {"/d", "/f"}
    assert show(merge(LOWER, [folder("f"), put("f/x")])) == {"/d/", "/d/old", "/d/sub/", "/d/sub/deep", "/f/", "/f/x"}
    assert show(merge([folder("a"), put("a/x"), link("l", "a")], [folder("l"), put("l/y")])) == {
        "/a/",
        "/a/x",
        "/l/",
        "/l/y",
    }


def test_a_folder_over_a_folder_keeps_what_is_in_it_and_takes_the_new_owner() -> None:
    merged = merge(LOWER, [folder("d", 0o711, uid=9)])
    node = merged.nodes.children[ROOT]["d"]
    assert "/d/sub/deep" in show(merged)
    assert (merged.nodes.mode[node] & 0o777, merged.nodes.uid[node]) == (0o711, 9)


def test_a_name_twice_in_a_layer_the_last_wins_and_the_first_is_kept() -> None:
    merged = merge([put("f", b"first"), put("f", b"second!"), put("./f", b"third!!!")])
    nodes = merged.nodes
    assert [nodes.size[one] for one in range(len(nodes)) if nodes.is_file(one)] == [5, 7, 8]
    assert nodes.size[nodes.children[ROOT]["f"]] == 8


def test_a_hard_link_over_layers_is_the_same_file() -> None:
    merged = merge([put("a", b"x", mode=0o644)], [again("sub/b", "a", mode=0o4755, uid=3)], [put(".wh.a")])
    nodes = merged.nodes
    node = nodes.children[nodes.children[ROOT]["sub"]]["b"]
    assert (nodes.path(node), nodes.links[node], nodes.layer[node]) == ("/sub/b", 1, 0)
    assert (nodes.mode[node], nodes.uid[node]) == (stat.S_IFREG | 0o4755, 3)  # as containerd and Docker do


def test_a_hard_link_to_a_lower_file_is_of_this_layer_and_no_whiteout_in_it_hides_it() -> None:
    assert show(merge([put("a"), put("b")], [again("b", "a"), put(".wh.b"), put(".wh.a")])) == {"/b"}


def test_names_of_a_file_are_counted() -> None:
    nodes = merge([put("a"), again("b", "/a"), link("s", "a"), again("t", "s"), folder("d"), folder("d/e")]).nodes
    top = nodes.children[ROOT]
    assert [nodes.links[top[one]] for one in "abstd"] == [2, 2, 2, 2, 3]
    assert nodes.links[ROOT] == 3


@pytest.mark.parametrize("target", ["none", "d", "a/b", "d/none", ".", "self"])
def test_a_hard_link_to_no_file_is_an_error(target: str) -> None:
    with pytest.raises(Malformed, match="no file so far"):
        merge([folder("d"), put("a"), again("self", target)])


def test_links_in_the_middle_of_a_path_are_followed_within_the_image() -> None:
    lower = [folder("usr/lib"), link("lib", "usr/lib"), link("top", "../../.."), link("abs", "/usr")]
    upper = [put("lib/a"), put("top/b"), put("abs/lib/c"), put("lib/.wh.old")]
    assert {"/usr/lib/a", "/b", "/usr/lib/c"} < show(merge([*lower, put("usr/lib/old")], upper))
    assert "/usr/lib/old" not in show(merge([*lower, put("usr/lib/old")], upper))


def test_a_link_to_a_folder_that_is_not_there_makes_it() -> None:
    assert "/a/b/x" in show(merge([link("l", "a/b"), put("l/x")]))


def test_an_opaque_mark_behind_a_link_is_that_of_the_folder_it_leads_to() -> None:
    """As containerd and umoci do."""
    assert "/d/old" not in show(merge([*LOWER, link("l", "d")], [put("l/.wh..wh..opq")]))


@pytest.mark.parametrize("name", ["l/x", "a/x", "f/x/y"])
def test_a_path_through_a_loop_or_a_file_is_an_error(name: str) -> None:
    with pytest.raises(Malformed):
        merge([link("l", "l"), link("a", "b"), link("b", "a"), put("f"), put(name)])


@pytest.mark.parametrize("name", ["", "../x", "/../x", "a/../b", "a/..", "..", "x" * 256, "a\0b", "é" * 200])
def test_a_name_that_leads_out_or_cannot_be_is_an_error(name: str) -> None:
    with pytest.raises(Malformed) as error:
        split_name(name)
    assert str(error.value).isascii()


def test_dots_and_doubled_slashes_mean_nothing_and_odd_names_are_kept() -> None:
    assert split_name("./etc//./passwd/") == ["etc", "passwd"]
    assert split_name("./") == split_name("/") == []
    assert split_name("/ko-app/server") == ["ko-app", "server"]
    assert split_name("a\n\x1b[0m/..b/…") == ["a\n\x1b[0m", "..b", "…"]


def test_depth_is_bounded_through_links_too() -> None:
    with pytest.raises(Limit):
        split_name("d/" * 257)
    deep = "/".join("d" * 200)
    with pytest.raises(Limit):
        merge([folder(deep), link("l", deep), put("l/" + deep + "/f")])


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh...", "d/.wh./x", ".wh.d/x"])
def test_a_whiteout_that_hides_nothing_sensible_is_an_error(name: str) -> None:
    with pytest.raises(SourceError):
        merge(LOWER, [put(name)])


def test_what_aufs_kept_for_itself_is_not_seen_and_what_stands_in_whiteouts_is_kept_for_the_search() -> None:
    merged = merge([folder(".wh..wh.plnk"), put(".wh..wh.plnk/1.2", b"secret"), put("d/.wh.x", b"more")])
    assert show(merged) == set()
    nodes = merged.nodes
    assert [nodes.size[one] for one in range(len(nodes)) if nodes.is_file(one)] == [6, 4]
    assert not any(nodes.links[one] for one in range(1, len(nodes)))


def test_the_top_folder_has_an_owner_and_stays_a_folder() -> None:
    nodes = merge([folder("./", 0o711, uid=4)]).nodes
    assert (nodes.mode[ROOT], nodes.uid[ROOT]) == (stat.S_IFDIR | 0o711, 4)
    with pytest.raises(Malformed, match="top folder"):
        merge([put("./", type=tarfile.SYMTYPE, linkname="x")])


def test_marks_again_and_again_over_many_files_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden: list[str] = []
    hide = Merging._hide
    monkeypatch.setattr(Merging, "_hide", lambda self, place, name: (hidden.append(name), hide(self, place, name)))
    upper = [put(f"d/{number}") for number in range(100)] + [OPAQUE] * 100
    assert len(show(merge(LOWER, upper))) == 102
    assert len(hidden) == 102


def test_a_link_that_goes_through_what_is_not_there_and_back_makes_no_folder_of_it() -> None:
    """As ``RootPath`` of containerd/continuity and SecureJoin of umoci resolve it: by the names alone."""
    lower = [folder("b"), folder("c"), link("b/a", "n/../../c"), link("l", "n/..")]
    assert {"/c/x", "/y"} <= show(merge(lower, [put("b/a/x"), put("l/y")]))
    assert {"/n/", "/b/n/"}.isdisjoint(show(merge(lower, [put("b/a/x"), put("l/y")])))
