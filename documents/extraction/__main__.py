"""The reading process: one file on standard input, one JSON answer on standard output."""

from __future__ import annotations

import json
import os
import sys

from documents.extraction.confinement import confine, stand_back
from documents.extraction.errors import Damaged, ExtractionError, LimitExceeded
from documents.extraction.limits import Limits
from documents.extraction.wire import dump_error

NICE = 5
"""How far reading stands back: where both want the whole processor it gets a third of what a web
process gets. The worker itself does not: it would hold the database's write lock the longer."""


def main(arguments: list[str]) -> int:
    """Do the task given as JSON in the first argument; the second is the file's name."""
    request = json.loads(arguments[0])
    answer = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end up in the answer
    limits = Limits(**request["limits"])
    stand_back(NICE)
    confine(limits, "office" if request["office"] else request["kind"])
    try:
        output = _answer(request["kind"], request["page"], arguments[1], limits.output)
    except MemoryError:
        output = dump_error(LimitExceeded("读取这个文件需要的内存超过上限。请另存一份后再上传。"))
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(output)
    return 0


def _answer(kind: str, page: int, name: str, cap: int) -> bytes:
    from documents.extraction.reading import perform  # noqa: PLC0415  only once shut in

    try:
        output = perform(kind, page, sys.stdin.buffer.read(), name)
    except ExtractionError as error:
        return dump_error(error)
    except MemoryError:
        raise
    except Exception as error:
        return dump_error(Damaged(), f"{type(error).__name__}: {error}"[:2000])
    if len(output) > cap:
        return dump_error(LimitExceeded("文件内容过多，超过上限。请分成几个文件后再上传。"))
    return output


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
