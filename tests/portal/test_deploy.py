"""The files for a deployment agree with the portal they start; nothing here builds or runs them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from django.core.management import load_command_class

from documents.extraction import MAX_BYTES

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"


def text(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def understood(words: list[str]) -> dict[str, object]:
    """The options of `manage.py start …` as the command itself reads them; exits if it cannot."""
    command, *options = words[words.index("manage.py") + 1 :]
    parser = load_command_class("portal", command).create_parser("manage.py", command)
    return vars(parser.parse_args(options))


def test_the_unit_starts_the_portal_as_nobody_in_particular() -> None:
    unit = dict(re.findall(r"^(\w+)=(.*)$", text("policy-portal.service"), re.M))
    options = understood(shlex.split(unit["ExecStart"]))

    assert (options["port"], options["host"]) == ("8000", "127.0.0.1")
    assert unit["User"] not in ("", "root")
    assert unit["Environment"] == f"PORTAL_DATA=/var/lib/{unit['StateDirectory']}"
    assert unit["StateDirectoryMode"] == "0700"
    assert {unit[name] for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome")} == {"yes"}


def test_the_container_runs_the_pinned_portal_as_nobody_in_particular() -> None:
    file = text("Dockerfile")
    words = re.findall(r'"([^"]*)"', file[file.index("\nCMD [") :])
    options = understood(words)

    assert "install.py /venv requirements-build.txt requirements.txt" in file
    assert '"--require-hashes"' in text("install.py")
    assert options["host"] == "0.0.0.0"  # noqa: S104 - read, not bound
    assert file.index("\nUSER portal") < file.index("\nCMD [")
    assert "PORTAL_DATA=/data" in file
    assert "VOLUME /data" in file
    assert {".env", "var", ".venv"} <= set((ROOT / ".dockerignore").read_text("utf-8").split())


def test_the_proxy_says_who_calls_and_how_and_lets_uploads_through() -> None:
    proxy = text("nginx.conf")
    headers = dict(re.findall(r"proxy_set_header (\S+)\s+(\S+);", proxy))
    size = re.search(r"client_max_body_size\s+(\d+)m;", proxy)

    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["X-Forwarded-Proto"] == "$scheme"
    assert headers["Host"] == "$host"
    assert headers["X-Request-ID"] == "$request_id"
    assert "server 127.0.0.1:8000;" in proxy
    assert size
    assert int(size[1]) << 20 > MAX_BYTES
    assert "Retry-After" in proxy
    assert proxy.count("{") == proxy.count("}")
