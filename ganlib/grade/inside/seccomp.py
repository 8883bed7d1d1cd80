"""A filter for system calls, which a process puts on itself and cannot take off: no new processes and
threads, no network.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst; the numbers are those of the kernel's tables.
"""

import ctypes
import errno
import platform
from ctypes import c_ubyte, c_uint, c_ulong, c_ushort

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of the kernel's filter machine
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCHITECTURE = 0, 4  # places in what the filter sees of a call
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2

MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # the kernel's name for it, the column below
TABLE = """
clone 56 220, clone3 435 435, fork 57 -, vfork 58 -, execve 59 221, execveat 322 281, ptrace 101 117, kcmp 312 272
kill 62 129, tkill 200 130, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, setpriority 141 140
pidfd_open 434 434, pidfd_getfd 438 438, pidfd_send_signal 424 424, sched_setaffinity 203 122
process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440, userfaultfd 323 282
socket 41 198, socketpair 53 199, io_uring_setup 425 425, io_uring_enter 426 426, io_uring_register 427 427
shmget 29 194, shmat 30 196, msgget 68 186, semget 64 190, mq_open 240 180, memfd_create 319 279, memfd_secret 447 447
unshare 272 97, setns 308 268, chroot 161 51, pivot_root 155 41, mount 165 40, umount2 166 39, mount_setattr 442 442
open_tree 428 428, move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432, mknod 133 -, mknodat 259 33
name_to_handle_at 303 264, open_by_handle_at 304 265, add_key 248 217, request_key 249 218, keyctl 250 219
bpf 321 280, perf_event_open 298 241, personality 135 92, acct 163 89, settimeofday 164 170, clock_settime 227 112
kexec_load 246 104, init_module 175 105, finit_module 313 273, delete_module 176 106, reboot 169 142
swapon 167 224, swapoff 168 225
"""
"""What a submission has no use for: processes, threads, signals, network, others' memory, memory that no limit counts,
mounts, clocks. One name, its number on x86_64, its number on aarch64 or a dash."""

FORBIDDEN = {
    name: (int(x86), int(arm) if arm != "-" else None)
    for name, x86, arm in (entry.split() for entry in TABLE.replace("\n", ",").split(",") if entry.strip())
}


class _Instruction(ctypes.Structure):
    _fields_ = (("code", c_ushort), ("if_true", c_ubyte), ("if_false", c_ubyte), ("value", c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def supported() -> bool:
    """Whether the filter knows this machine."""
    return platform.system() == "Linux" and platform.machine() in MACHINES


def instructions(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter: (code, jump if true, jump if false, value). A refused call fails with EPERM."""
    name, column = MACHINES[machine]
    refuse = (RETURN, 0, 0, REFUSE | errno.EPERM)
    code = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, name), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    if machine == "x86_64":
        code += [(AT_LEAST, 0, 1, 0x40000000), refuse]  # the x32 names of the same calls
    for numbers in FORBIDDEN.values():
        if numbers[column] is not None:
            code += [(EQUAL, 0, 1, numbers[column]), refuse]
    return [*code, (RETURN, 0, 0, ALLOW)]


def install() -> None:
    """Put the filter on this process, for good.

    Raises: OSError when the kernel has none.
    """
    code = instructions(platform.machine())
    array = (_Instruction * len(code))(*(_Instruction(*one) for one in code))
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(code), array)
    _demand(libc.prctl(PR_SET_NO_NEW_PRIVS, c_ulong(1), c_ulong(0), c_ulong(0), c_ulong(0)))
    _demand(libc.prctl(PR_SET_SECCOMP, c_ulong(FILTER), ctypes.byref(program), c_ulong(0), c_ulong(0)))


def _demand(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the filter for system calls cannot be installed")
