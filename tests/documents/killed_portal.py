"""The portal as a web server serves it, made to die where a request asks for it.

``X-Die: kept | queued | committed`` kills the process that serves the request with SIGKILL: after
the original is written, inside the transaction once the job is, and after the commit. Of
``X-Die: reading`` it does not die: before it reads the body it writes its number to the file
`reading` in the data folder, so that somebody else can kill it meanwhile.

Without the threads that portal.wsgi starts: the web server forks this process, and a lock that a
thread holds at that moment would never be let go in the fork.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
portal = get_wsgi_application()

from documents import jobs, originals, storage  # noqa: E402 - they need the apps

_point = ""


def _dying(point: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if _point == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


storage.keep_file = _dying("kept", storage.keep_file)
jobs.enqueue = _dying("queued", jobs.enqueue)
originals.adopt = _dying("committed", originals.adopt)


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """One request at a time: the web server has one thread a process here."""
    global _point  # noqa: PLW0603 - what this process is to die of
    _point = environ.get("HTTP_X_DIE", "")
    if _point == "reading":
        Path(os.environ["PORTAL_DATA"], "reading").write_text(str(os.getpid()), "ascii")
    return portal(environ, start)
