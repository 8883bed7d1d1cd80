"""What a forked process gives up before it looks at a submission."""

import ctypes
import os
import resource
from ctypes import c_ulong

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
NOSUID, NODEV, NOEXEC, RDONLY, REC, PRIVATE = 2, 4, 8, 1, 0x4000, 1 << 18
PAGE = resource.getpagesize()
FILE_BYTES = 1 << 24
TEMPORARY_BYTES = 1 << 26
OPEN_FILES = 64


def own_namespaces(hidden: list[str]) -> None:
    """Give this process's children a user, network, file and process world of their own.

    There ``/tmp`` is empty and theirs alone, and the folders ``hidden`` are empty and read-only. The first child is
    process 1: when it ends, the kernel ends all the others.

    Raises: OSError where the system does not allow it.
    """
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", NEWUSER | NEWNS | NEWPID | NEWIPC | NEWNET)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _call("mount", b"none", b"/", None, c_ulong(REC | PRIVATE), None)
    _empty_folder("/tmp", 0, f"mode=700,size={TEMPORARY_BYTES},nr_inodes=4096")
    for folder in hidden:
        _empty_folder(folder, RDONLY, "size=4096,nr_inodes=1")
    os.chdir("/tmp")


def limit(memory: int) -> None:
    """Bound memory, in bytes beyond what is in use now, files, and core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    try:
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * PAGE
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    except OSError:
        return  # no Linux; only --unsafe-no-sandbox runs there


def drop_capabilities() -> None:
    """Give up what the user namespace granted.

    Raises: OSError when the kernel refuses.
    """
    version = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _call("capset", version, (ctypes.c_uint32 * 6)())


def _empty_folder(path: str, flags: int, options: str) -> None:
    flags |= NOSUID | NODEV | NOEXEC
    _call("mount", b"tmpfs", os.fsencode(path), b"tmpfs", c_ulong(flags), options.encode())


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
