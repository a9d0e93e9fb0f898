"""Table cpuid: what the processor says of itself by its instruction CPUID.

Source: Intel's and AMD's manuals of CPUID; which features are told, and how, is osquery's choice. Where the kernel
offers ``/dev/cpu/0/cpuid`` (cpuid(4)) to this user it is read there, else the instruction is executed.
"""

from typing import Dict, Iterator, List, Tuple

from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("feature", TEXT),
    Column("value", TEXT),
    Column("output_register", TEXT),
    Column("output_bit", INTEGER),
    Column("input_eax", TEXT),
)
_FEATURES: Tuple[Tuple[int, str, str], ...] = (
    (
        1,
        "edx",
        "pae:6 msr:5 sep:11 mtrr:12 pge:13 mca:14 pat:16 clfsh:19 acpi:22 mmz:23 sse:25 sse2:26 ss:27 htt:28 ia64:30",
    ),
    (
        1,
        "ecx",
        "sse3:0 vmx:5 smx:6 ssse3:9 sdbg:11 pdcm:15 pcid:17 dca:18 sse4.1:19 sse4.2:20 aes:25 avx:28 hypervisor:31",
    ),
    (
        7,
        "ebx",
        (
            "sgx:2 hle:4 avx2:5 smep:7 bmi2:8 erms:9 invpcid:10 rtm:11 pqm:12 mpx:14 pqe:15 avx512f:16 avx512dq:17 "
            "rdseed:18 adx:19 smap:20 intel_pt:25 sha:29"
        ),
    ),
    (7, "ecx", "umip:2 pku:3 ospke:4 gfni:8 vaes:9 sgx_lc:30"),
    (7, "edx", "spec_ctrl:26"),
    (0x80000001, "ecx", "lahfsahf:0 svm:2 3dnowprefetch:8 ibs:10 skinit:12 lwp:15"),
    (0x80000001, "edx", "nx:20 page1gb:26 lm:29"),
)
_REGISTERS = ("eax", "ebx", "ecx", "edx")
_ALL = ",".join(_REGISTERS)
LEAVES = (
    *((leaf, 0) for leaf in (0, 1, 3, 7, 0x40000000, 0x80000001, 0x80000002, 0x80000003, 0x80000004)),
    *((0x12, part) for part in (0, 1)),
)
"""What is asked: EAX and ECX."""

Told = Dict[Tuple[int, int], List[int]]


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each feature, present or not.

    Raises:
        NotObservable: another kind of processor.
        Denied: the instruction may not be executed.
    """
    target.need_live("cpuid")
    answers = target.ask("cpuid", ask)
    return describe({leaf: list(answer) for leaf, answer in zip(LEAVES, answers)})


def ask() -> List[List[int]]:
    """Ask the processor; EAX, EBX, ECX and EDX for each of ``LEAVES``."""
    from rempart_agent.readers.kernel import processor

    return processor.cpuid(LEAVES)


def describe(told: Told) -> Iterator[Dict[str, Value]]:
    """Yield the rows of what the processor told.

    Args:
        told: EAX, EBX, ECX and EDX for each of ``LEAVES``.
    """
    if told[0, 0][0] < 1:  # it knows no leaf, as osquery asks first
        return
    _eax, ebx, ecx, edx = told[0, 0]
    yield _row("vendor", _text([ebx, edx, ecx]), "ebx,edx,ecx", "0")
    name = _text([word for leaf in (0x80000002, 0x80000003, 0x80000004) for word in told[leaf, 0]])
    yield _row("product_name", name, _ALL, "0x80000002")
    if told[0x40000000, 0][0]:
        yield _row("hypervisor_id", _hex(told[0x40000000, 0][:3]), "ebx,ecx,edx", "0x40000000")
    first, third = told[1, 0], told[3, 0]
    yield _row("serial", _hex([first[0], third[0], third[3]]), "eax,eax,ecx", "1,3")
    yield _row("family", "{:04x}".format(first[0] & 0xF00), "eax", "1")
    for leaf, register, features in _FEATURES:
        word = told[leaf, 0][_REGISTERS.index(register)]
        for feature in features.split():
            label, _colon, bit = feature.partition(":")
            row = _row(label, str(word >> int(bit) & 1), register, str(leaf))
            row["output_bit"] = int(bit)
            yield row
    yield _row("sgx0", _hex(told[0x12, 0]), _ALL, "18")
    yield _row("sgx1", _hex(told[0x12, 1]), _ALL, "18,1")


def _row(feature: str, value: str, register: str, asked: str) -> Dict[str, Value]:
    return {"feature": feature, "value": value, "output_register": register, "output_bit": 0, "input_eax": asked}


def _hex(words: List[int]) -> str:
    return "".join("{:08x}".format(word) for word in words)


def _text(words: List[int]) -> str:
    data = b"".join(word.to_bytes(4, "little") for word in words)
    return data.partition(b"\0")[0].decode("latin-1")
