"""Shuts the reading process in: no network, and hard limits on what it may use.

Runs inside the child, before it looks at a single byte of the file; the parent needs no
``preexec_fn``, which is unsafe in a process with threads.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

from documents.extraction.limits import Limits

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1


def confine(limits: Limits, kind: str = "read") -> bool:
    """Apply the limits for a task of ``kind`` to this process and what it starts.

    Gives whether the network is off too.
    """
    _die_with_parent()
    isolated = leave_network()
    memory, cpu, files = {
        "office": (limits.office_memory, limits.office_seconds, max(limits.open_files, 256)),
        "ocr": (limits.ocr_memory, limits.ocr_seconds, max(limits.open_files, 256)),
    }.get(kind, (limits.memory, limits.cpu_seconds, limits.open_files))
    # The soft limit sends SIGXCPU, which says why in the exit status; the hard one is sure.
    _limit(resource.RLIMIT_CPU, cpu, cpu + 2)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, limits.written)
    _limit(resource.RLIMIT_NOFILE, files)
    _limit(resource.RLIMIT_CORE, 0)
    return isolated


def stand_back(steps: int) -> None:
    """Let others have the processor first, by *steps* of niceness beyond what was inherited.

    Linux divides a desktop's processor among sessions before it looks at niceness (sched(7),
    autogroup), so that who leads a session says it for all of it.
    """
    nice = os.nice(steps)
    if nice > 0 and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice), encoding="ascii")


def leave_network() -> bool:
    """Move into an empty network namespace; ``False`` where the host does not allow it.

    A user namespace is made along, since an ordinary user may only make both together.
    """
    uid, gid = os.getuid(), os.getgid()
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
            return False
    except (OSError, AttributeError):
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    except OSError:
        pass  # unmapped, the process still reads its own files; only names of users are lost
    return True


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    """Lower a limit, never above what the process was started with."""
    _, ceiling = resource.getrlimit(which)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def _die_with_parent() -> None:
    # Where this is not Linux, the CPU limit ends an orphan instead.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
