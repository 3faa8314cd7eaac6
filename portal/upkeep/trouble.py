"""Says in one line why the portal cannot start, and the cure."""

from __future__ import annotations

import errno
from pathlib import Path

from django.db import DatabaseError

FULL = (errno.ENOSPC, errno.EDQUOT)


def explain(error: OSError | DatabaseError, data: Path) -> str:
    """What *error*, met while a portal with the folder *data* was prepared, asks its owner to do.

    One line without an end; what is not known is told as the system told it.
    """
    said = " ".join(str(error).split())
    if (isinstance(error, OSError) and error.errno in FULL) or "disk is full" in said:
        return f"No room is left on the disk of {data}; make room there and start again."
    if isinstance(error, OSError):
        where = error.filename or data
        return (
            f"{where}: {error.strerror or said}. Give {data} to the account that starts the "
            "portal, move away what does not belong there, and start again."
        )
    if "not a database" in said or "malformed" in said:
        return (
            f"The database in {data} is damaged ({said}). Move portal.sqlite3 and its -wal and "
            "-shm away, then bring back a backup: manage.py restore FILE."
        )
    if "readonly" in said or "unable to open" in said:
        return (
            f"The database in {data} cannot be opened for writing ({said}). Give the folder and "
            "all in it to the account that starts the portal."
        )
    return f"The database does not answer as it should: {said} Look at DATABASE_URL."
