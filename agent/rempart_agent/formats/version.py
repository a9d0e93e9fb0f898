"""Orders of version numbers: dpkg's, rpm's, and osquery's plain one.

Each function takes two versions and returns -1, 0 or 1.
"""

from typing import List, Tuple


def compare_dpkg(a: str, b: str) -> int:
    """Compare as dpkg does: epoch, upstream version, Debian revision (deb-version(7)).

    Args:
        a: A version.
        b: Another one: the answer is below 0 where the first is older, 0 where both are the same, above 0 where it is
            newer.
    """
    if a == b:
        return 0
    epoch_a, upstream_a, revision_a = split_dpkg(a)
    epoch_b, upstream_b, revision_b = split_dpkg(b)
    if epoch_a != epoch_b:
        return -1 if epoch_a < epoch_b else 1
    return _compare_part(upstream_a, upstream_b) or _compare_part(revision_a, revision_b)


def split_dpkg(version: str) -> Tuple[int, str, str]:
    """Return epoch, upstream version and Debian revision; an epoch that is no number counts as 0."""
    epoch, colon, rest = version.strip().partition(":")
    if not colon:
        epoch, rest = "0", epoch
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return (int(epoch) if epoch.isascii() and epoch.isdigit() else 0), upstream, revision


def _order(character: str) -> int:
    if character == "~":
        return -1
    if character.isascii() and character.isalpha():
        return ord(character)
    return ord(character) + 256


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def _compare_part(a: str, b: str) -> int:
    """Compare two upstream versions or revisions: by turns what is no digit and what is a number."""
    i = j = 0
    while i < len(a) or j < len(b):
        while (i < len(a) and not _is_digit(a[i])) or (j < len(b) and not _is_digit(b[j])):
            x = _order(a[i]) if i < len(a) and not _is_digit(a[i]) else 0
            y = _order(b[j]) if j < len(b) and not _is_digit(b[j]) else 0
            if x != y:
                return -1 if x < y else 1
            i += 1
            j += 1
        start_i, start_j = i, j
        while i < len(a) and _is_digit(a[i]):
            i += 1
        while j < len(b) and _is_digit(b[j]):
            j += 1
        digits_a, digits_b = a[start_i:i].lstrip("0"), b[start_j:j].lstrip("0")
        if len(digits_a) != len(digits_b):
            return -1 if len(digits_a) < len(digits_b) else 1
        if digits_a != digits_b:
            return -1 if digits_a < digits_b else 1
    return 0


def compare_rpm(a: str, b: str) -> int:
    """Compare as rpm does: epoch, version, release (rpm-version(7)).

    Args:
        a: A version.
        b: Another one: the answer is below 0 where the first is older, 0 where both are the same, above 0 where it is
            newer.
    """
    epoch_a, version_a, release_a = _split_rpm(a)
    epoch_b, version_b, release_b = _split_rpm(b)
    if epoch_a != epoch_b:
        return -1 if epoch_a < epoch_b else 1
    result = rpmvercmp(version_a, version_b)
    if result or not release_a or not release_b:
        return result
    return rpmvercmp(release_a, release_b)


def _split_rpm(text: str) -> Tuple[int, str, str]:
    epoch, colon, rest = text.partition(":")
    if not colon or not (epoch.isascii() and epoch.isdigit()):
        epoch, rest = "0", text
    version, _, release = rest.partition("-")
    return int(epoch), version, release


def rpmvercmp(a: str, b: str) -> int:
    """Compare two versions or two releases as rpm's ``rpmvercmp`` does, ``~`` and ``^`` included.

    Args:
        a: A version or a release.
        b: Another one: the answer is below 0 where the first is older, 0 where both are the same, above 0 where it is
            newer.
    """
    if a == b:
        return 0
    i = j = 0
    while i < len(a) or j < len(b):
        while i < len(a) and not (a[i].isascii() and a[i].isalnum()) and a[i] not in "~^":
            i += 1
        while j < len(b) and not (b[j].isascii() and b[j].isalnum()) and b[j] not in "~^":
            j += 1
        x = a[i] if i < len(a) else ""
        y = b[j] if j < len(b) else ""
        if x == "~" or y == "~":
            if x != y:
                return -1 if x == "~" else 1
            i, j = i + 1, j + 1
            continue
        if x == "^" or y == "^":
            if not x:
                return -1
            if not y:
                return 1
            if x != y:
                return -1 if x == "^" else 1
            i, j = i + 1, j + 1
            continue
        if not x or not y:
            break
        numeric = _is_digit(x)
        start_i, start_j = i, j
        while i < len(a) and a[i].isascii() and (_is_digit(a[i]) if numeric else a[i].isalpha()):
            i += 1
        while j < len(b) and b[j].isascii() and (_is_digit(b[j]) if numeric else b[j].isalpha()):
            j += 1
        if start_j == j:
            return 1 if numeric else -1
        part_a, part_b = a[start_i:i], b[start_j:j]
        if numeric:
            part_a, part_b = part_a.lstrip("0"), part_b.lstrip("0")
            if len(part_a) != len(part_b):
                return -1 if len(part_a) < len(part_b) else 1
        if part_a != part_b:
            return -1 if part_a < part_b else 1
    if i >= len(a) and j >= len(b):
        return 0
    return -1 if i >= len(a) else 1


def compare(a: str, b: str) -> int:
    """Compare as osquery's plain ``version_compare``: numbers as numbers, the rest as text, more parts are newer.

    Args:
        a: A version.
        b: Another one: the answer is below 0 where the first is older, 0 where both are the same, above 0 where it is
            newer.
    """
    parts_a, parts_b = _parts(a), _parts(b)
    for x, y in zip(parts_a, parts_b):
        if x == y:
            continue
        if _is_digit(x[0]) and _is_digit(y[0]):
            number_x, number_y = x.lstrip("0"), y.lstrip("0")
            if number_x == number_y:
                continue
            return -1 if (len(number_x), number_x) < (len(number_y), number_y) else 1
        return -1 if x < y else 1
    if len(parts_a) == len(parts_b):
        return 0
    return -1 if len(parts_a) < len(parts_b) else 1


def _parts(version: str) -> List[str]:
    parts: List[str] = []
    kind = ""
    for character in version:
        now = "d" if _is_digit(character) else "a" if character.isalpha() else ""
        if now and now == kind:
            parts[-1] += character
        elif now:
            parts.append(character)
        kind = now
    return parts
