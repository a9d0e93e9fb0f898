"""Asks the processor by CPUID: through the kernel's ``/dev/cpu/0/cpuid`` (cpuid(4)), else by the instruction itself.

The instruction takes no privilege on x86-64. It is executed from a page of its own, which is written first and made
executable then, never both; where a system refuses that (SELinux's ``execmem``), the device alone would answer.
"""

import os
from typing import Callable, Iterable, List, Tuple

from rempart_agent.source.contract import Denied, NotObservable, reason

DEVICE = "/dev/cpu/0/cpuid"
_MACHINES = ("x86_64", "amd64")
# push %rbx; mov %edi,%eax; mov %esi,%ecx; mov %rdx,%r8; cpuid; mov %eax,(%r8); mov %ebx,4(%r8); mov %ecx,8(%r8);
# mov %edx,12(%r8); pop %rbx; ret -- behind endbr64, of a function of (leaf, part, where to) in the System V ABI
_CODE = bytes.fromhex("f30f1efa5389f889f14989d00fa241890041895804418948084189500c5bc3")
_READ, _WRITE, _EXECUTE = 1, 2, 4

_Ask = Callable[[int, int], List[int]]


def cpuid(leaves: Iterable[Tuple[int, int]]) -> List[List[int]]:
    """Return EAX, EBX, ECX and EDX for each leaf and part of it (EAX and ECX as they are asked).

    Args:
        leaves: What is asked.

    Raises:
        NotObservable: a processor of another kind.
        Denied: this system executes nothing that was written at run time, and the device may not be read.
    """
    machine = os.uname().machine
    if machine.lower() not in _MACHINES:
        raise NotObservable("CPUID is an instruction of x86-64, and this is {machine}", machine=machine)
    wanted = list(leaves)
    try:
        return _by_device(wanted)
    except OSError:
        return _by_instruction(wanted)


def _by_device(leaves: List[Tuple[int, int]]) -> List[List[int]]:
    descriptor = os.open(DEVICE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return [_words(os.pread(descriptor, 16, part << 32 | leaf)) for leaf, part in leaves]
    finally:
        os.close(descriptor)


def _words(data: bytes) -> List[int]:
    if len(data) != 16:
        raise OSError(5, "cut off")
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, 16, 4)]


def _by_instruction(leaves: List[Tuple[int, int]]) -> List[List[int]]:
    import ctypes
    import mmap

    page = mmap.mmap(-1, mmap.PAGESIZE, prot=_READ | _WRITE)
    page.write(_CODE)
    here = ctypes.c_char.from_buffer(page)
    try:
        address = ctypes.addressof(here)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(mmap.PAGESIZE), _READ | _EXECUTE):
            number = ctypes.get_errno()
            why = reason(OSError(number, os.strerror(number)))
            raise Denied("CPUID may not be executed here: {why}", why=why)
        call = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p)(address)
        told = []
        for leaf, part in leaves:
            answer = (ctypes.c_uint32 * 4)()
            call(leaf, part, ctypes.cast(answer, ctypes.c_void_p))
            told.append(list(answer))
        libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(mmap.PAGESIZE), _READ)
        return told
    finally:
        del here
        page.close()
