"""Writes follows to the portal's database in children that are killed, again and again.

Run as a program of its own with PORTAL_DATA set: `python -m tests.reliability.killed_writer N
SEED`. Prints one JSON object: how often a child was killed, how often between the beginning and
the end of a transaction, and the keys whose writing had been acknowledged.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time

import django


def main() -> None:
    """Kills one child after another at a random moment."""
    django.setup()
    from django.contrib.auth.models import User  # noqa: PLC0415 - after the setup
    from django.db import connections  # noqa: PLC0415

    user = User.objects.get_or_create(username="reader")[0].pk
    connections.close_all()
    chance = random.Random(int(sys.argv[2]))
    kills = within = 0
    acknowledged: list[str] = []
    for number in range(int(sys.argv[1])):
        said = _killed(user, number, chance)
        kills += 1
        done = [word[1:] for word in said if word.startswith("+")]
        within += bool(said) and said[-1].startswith("?")
        acknowledged += done
    print(json.dumps({"kills": kills, "within": within, "acknowledged": acknowledged}))


def _killed(user: int, number: int, chance: random.Random) -> list[str]:
    """What a child said until it was killed: ``?key`` before a write, ``+key`` once it is kept.

    It is killed some part of a write's time after it has acknowledged one to three of them.
    """
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        _write(user, number, into)
    os.close(into)
    heard, kept, spent = b"", chance.randint(1, 3), 0.0
    for _ in range(kept):
        began = time.perf_counter()
        while b"+" not in (more := os.read(out, 65536)):
            heard += more
        heard += more
        spent = time.perf_counter() - began
    time.sleep(chance.uniform(0, spent))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(out, "rb") as rest:
        return (heard + rest.read()).decode().split()


def _write(user: int, number: int, into: int) -> None:
    from django.db import transaction  # noqa: PLC0415 - after the setup

    from portal.models import Follow  # noqa: PLC0415

    count = 0
    while True:
        count += 1
        key = f"{number}-{count}"
        os.write(into, f"?{key} ".encode())
        with transaction.atomic():
            for part in "abc":  # three rows that belong together
                Follow.objects.create(user_id=user, kind="search", value=f"{key}-{part}")
        os.write(into, f"+{key} ".encode())


if __name__ == "__main__":
    main()
