"""CRC-32C (Castagnoli), as iSCSI (RFC 3720, appendix B.4) and VHDX have it; for headers, not for contents."""

_POLYNOMIAL = 0x82F63B78  # its bits in reverse


def crc32c(data: bytes) -> int:
    """Return the checksum of some bytes."""
    table = _table()
    value = 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def _table() -> list[int]:
    found = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)  # noqa: PLW2901 - the remainder of this byte
        found.append(value)
    return found
