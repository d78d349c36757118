"""Leave the network: for a process that reads hostile bytes and has nobody to ask.

Two nets. The kernel's (seccomp, Linux on x86_64 and arm64) refuses the system calls that make a socket, whoever calls
them: Python, libxml2, the name resolver of libc, or a program that the process has become. Python's own audit hook
holds everywhere, refuses the same and the starting of programs, and tells what was tried; C code that calls the system
by itself passes it. Neither can be taken off again. docs/decisions/0023-gate.md says what they do not stop.
"""

import ctypes
import errno
import os
import struct
import sys

_REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")
_tried: list[str] = []

# socket, ptrace, process_vm_writev, io_uring_setup, pidfd_getfd: the ways to have a socket, or another process' own.
_MACHINES = {
    "x86_64": (0xC000003E, (41, 101, 311, 425, 438)),
    "aarch64": (0xC00000B7, (198, 117, 271, 425, 438)),
}
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_KILL, _FAIL, _ALLOW = 0x80000000, 0x00050000 | errno.EACCES, 0x7FFF0000
_X32 = 0x40000000  # the calls of x86_64 under their other numbers


def leave_network() -> bool:
    """Refuse this process sockets and other programs from now on; say whether the kernel sees to it too."""
    by_kernel = _ask_kernel()
    sys.addaudithook(_refuse)
    return by_kernel


def tried() -> str:
    """Return what was tried and refused since the last call of this, or ""."""
    found = ", ".join(dict.fromkeys(_tried))
    _tried.clear()
    return found


def _refuse(event: str, _args: tuple[object, ...]) -> None:
    if event.startswith(_REFUSED):
        _tried.append(event)
        raise PermissionError(errno.EACCES, f"{event}: what reads hostile bytes has no network and starts no program")


def _ask_kernel() -> bool:
    machine = _MACHINES.get(os.uname().machine) if sys.platform == "linux" else None
    if machine is None:
        return False
    program = _write_filter(*machine)
    steps = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    call = ctypes.CDLL(None, use_errno=True).prctl
    if call(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    filtered = Program(len(program) // 8, ctypes.addressof(steps))
    return not call(_SET_SECCOMP, _FILTER, ctypes.byref(filtered), 0, 0)


def _write_filter(architecture: int, calls: tuple[int, ...]) -> bytes:
    """Return a classic BPF program: another architecture's calls kill, the calls in `calls` fail, others are let."""
    lines = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
        # Each jumps over those that are left and the one that allows.
        *((_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
