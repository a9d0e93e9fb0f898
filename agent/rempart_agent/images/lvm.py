"""Volume groups of LVM2 over the disks of one machine: linear and striped volumes.

Read by us: libvslvm fails on volumes of more than one segment. Of several copies of the metadata the newest one counts
(``seqno``); all must be sound, since a damaged copy may have been the newest. A volume on a missing disk, or of another
type (mirror, RAID, thin, cache, snapshot), is listed and can't be read.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.images.lvm_label import PhysicalVolume, read_label
from rempart_agent.images.lvm_text import Section, parse, section
from rempart_agent.images.pieces import Piece, Pieces
from rempart_agent.images.striped import Striped
from rempart_agent.images.unreadable import Unreadable
from rempart_agent.source.contract import Malformed, SourceError, Unfit

_NAME = re.compile(r"[A-Za-z0-9+_.][A-Za-z0-9+_.-]{0,126}")
_SECTOR = 512


class LogicalVolume(NamedTuple):
    """One volume.

    Attributes:
        group: The name of its group.
        volume: Its own.
        layer: Its bytes; ``Unreadable`` where it can't be put together.
    """

    group: str
    volume: str
    layer: Layer

    @property
    def mapper(self) -> str:
        """Return its name below ``/dev/mapper``."""
        return f"{self.group.replace('-', '--')}-{self.volume.replace('-', '--')}"


class _Group(NamedTuple):
    name: str
    text: Section
    number: int


def list_logical_volumes(layers: Sequence[Layer]) -> list[LogicalVolume]:
    """Return the volumes that physical volumes carry, but for those that are parts of others.

    Args:
        layers: All physical volumes of the machine.

    Raises:
        Malformed: labels or metadata contradict themselves or each other.
        Unfit: a physical volume is cut, or belongs to a group of which nothing is known.
    """
    physical: dict[str, PhysicalVolume] = {}
    for layer in layers:
        one = read_label(layer)
        if one.uuid in physical:
            raise Malformed(
                "{name}: the same physical volume as {name_2}", name=layer.name, name_2=physical[one.uuid].layer.name
            )
        physical[one.uuid] = one
    groups = _newest(physical.values())
    _check_members(physical, groups)
    found = []
    for group in groups:
        found += _Assembly(group, physical).volumes()
    return found


def _newest(physical: Iterable[PhysicalVolume]) -> list[_Group]:
    found: dict[str, _Group] = {}
    for one in physical:
        for text in one.texts:
            group = _group(parse(text, one.layer.name), one.layer.name)
            own = _text(group.text, "id", group.name)
            known = found.get(own)
            if known is None or known.number < group.number:
                found[own] = group
            elif known.number == group.number and known != group:
                raise Malformed(
                    "{name}: two versions {number} of volume group {name_2}",
                    name=one.layer.name,
                    number=group.number,
                    name_2=group.name,
                )
    names = [group.name for group in found.values()]
    if len(set(names)) < len(names):
        raise Malformed("two volume groups have the same name: {names}", names=", ".join(sorted(names)))
    return list(found.values())


def _group(text: Section, where: str) -> _Group:
    """Return the one section of a text that is a volume group; beside it stand only keys."""
    names = [key for key, value in text.items() if isinstance(value, dict)]
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        raise Malformed(
            "{where}: the LVM metadata hold {count} volume groups, or one without a proper name",
            where=where,
            count=len(names),
        )
    found = section(text, names[0])
    return _Group(names[0], found, _number(found, "seqno", names[0]))


def _check_members(physical: dict[str, PhysicalVolume], groups: Sequence[_Group]) -> None:
    members = {_uuid(one) for group in groups for one in _sections(section(group.text, "physical_volumes"))}
    for one in physical.values():
        if one.uuid not in members and (one.texts or not one.areas):
            raise Unfit(
                "{name}: nothing is known of its volume group; give all disks of the machine", name=one.layer.name
            )


class _Assembly:
    """The volumes of one group."""

    def __init__(self, group: _Group, physical: dict[str, PhysicalVolume]) -> None:
        self._name = group.name
        self._extent = _number(group.text, "extent_size", group.name) * _SECTOR
        if self._extent <= 0:
            raise Malformed("{name}: extents of {extent} bytes", name=group.name, extent=self._extent)
        self._texts = section(group.text, "physical_volumes")
        self._volumes = section(group.text, "logical_volumes")
        self._physical = physical

    def volumes(self) -> list[LogicalVolume]:
        parts = self._stores()
        found = []
        for name, text in self._volumes.items():
            if not isinstance(text, dict) or not _NAME.fullmatch(name):
                raise Malformed("{name}: a volume without a proper name", name=self._name)
            if "VISIBLE" not in _words(text, "status"):
                continue
            full = f"{self._name}/{name}"
            size = 0
            try:
                if name in parts:
                    raise Unfit("{full}: a snapshot, or merged with one, which is not read", full=full)
                segments = self._segments(text, full)
                size = sum(length for length, _ in segments)
                layer: Layer = Pieces(full, [self._piece(segment, full) for _, segment in segments])
            except SourceError as error:
                layer = Unreadable(full, size, error)
            found.append(LogicalVolume(self._name, name, layer))
        return found

    def _stores(self) -> set[str]:
        """Return the volumes that hold the differences of snapshots, and those that one is being merged into."""
        found = set()
        for volume in _sections(self._volumes):
            for segment in _sections(volume):
                if segment.get("type") == "snapshot":
                    found.add(str(segment.get("cow_store", "")))
                    if "merging_store" in segment:
                        found |= {str(segment["merging_store"]), str(segment.get("origin", ""))}
        return found

    def _segments(self, volume: Section, full: str) -> list[tuple[int, Section]]:
        """Return the segments with their bytes, in order and without a gap."""
        count = _number(volume, "segment_count", full)
        segments = [section(volume, f"segment{number + 1}") for number in range(min(count, len(volume)))]
        found = []
        follows = 0
        for segment in sorted(segments, key=lambda one: _number(one, "start_extent", full)):
            extents = _number(segment, "extent_count", full)
            if _number(segment, "start_extent", full) != follows or extents <= 0:
                raise Malformed("{full}: its segments leave gaps or overlap", full=full)
            follows += extents
            found.append((extents * self._extent, segment))
        if len(found) != count or not found:
            raise Malformed("{full}: {count} of {count_2} segments", full=full, count=len(found), count_2=count)
        return found

    def _piece(self, segment: Section, full: str) -> Piece:
        kind = str(segment.get("type", ""))
        if kind != "striped":
            raise Unfit("{full}: of type {kind}, which is not read", full=full, kind=f"{kind!r:.40}")
        stripes = segment.get("stripes")
        count, extents = _number(segment, "stripe_count", full), _number(segment, "extent_count", full)
        if not isinstance(stripes, list) or count <= 0 or len(stripes) != 2 * count or extents % count:
            raise Malformed("{full}: {extents} extents over {count} stripes", full=full, extents=extents, count=count)
        length = extents // count * self._extent
        columns = [
            self._column(stripes[place], stripes[place + 1], extents // count, full) for place in range(0, 2 * count, 2)
        ]
        if count == 1:
            return Piece(length, *columns[0])
        stripe = _number(segment, "stripe_size", full) * _SECTOR
        return Piece(length * count, Striped(full, columns, length, stripe))

    def _column(self, key: int | str, first: int | str, extents: int, full: str) -> tuple[Layer, int]:
        text = self._texts.get(str(key))
        if not isinstance(text, dict) or not isinstance(first, int):
            raise Unfit("{full}: made of other volumes, which is not read", full=full)
        if first < 0 or first + extents > _number(text, "pe_count", full):
            raise Malformed(
                "{full}: extents {first} to {first_2} lie outside of {key}",
                full=full,
                first=first,
                first_2=first + extents,
                key=f"{key!r:.40}",
            )
        found = self._physical.get(_uuid(text))
        if found is None or "MISSING" in _words(text, "status") + _words(text, "flags"):
            raise Unfit(
                "{full}: a disk of volume group {name} is missing; give all disks of the machine",
                full=full,
                name=self._name,
            )
        return found.layer, _number(text, "pe_start", full) * _SECTOR + first * self._extent


def _sections(parent: Section) -> list[Section]:
    return [value for value in parent.values() if isinstance(value, dict)]


def _number(text: Section, key: str, name: str) -> int:
    found = text.get(key)
    if not isinstance(found, int):
        raise Malformed("{name}: the LVM metadata have no number {key}", name=name, key=key)
    return found


def _text(text: Section, key: str, name: str) -> str:
    found = text.get(key)
    if not isinstance(found, str):
        raise Malformed("{name}: the LVM metadata have no {key}", name=name, key=key)
    return found


def _uuid(text: Section) -> str:
    return _text(text, "id", "physical volume").replace("-", "")


def _words(text: Section, key: str) -> list[int | str]:
    found = text.get(key, [])
    return found if isinstance(found, list) else []
