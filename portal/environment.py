"""Reads what the portal may be told from outside, once, and refuses a wrong value by its name."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environs import Env, EnvError

from portal.rates import Rate, WrongRate


class WrongSetting(Exception):
    """A setting has a value the portal cannot work with; the message names it and the cure."""


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that sends mail; without a host mail is printed instead."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting that comes from outside; `.env.example` lists the same names."""

    data: Path
    debug: bool
    secret_key: str
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]
    database: dict[str, Any]
    https: bool
    log_level: str
    search_log_days: int
    search_recency: float
    page_image_bytes: int
    url: str
    mail: Mail
    trusted_proxies: tuple[Network, ...]
    limits: dict[str, Rate | None]
    log_format: str
    security_contact: str


Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LIMITS = {
    "PORTAL_LIMIT_SEARCH": "30/min+10",
    "PORTAL_LIMIT_API": "60/min",
    "PORTAL_LIMIT_SUGGEST": "240/min",
    "PORTAL_LIMIT_FEEDS": "30/min",
    "PORTAL_LIMIT_SIGNUP": "5/h",
    "PORTAL_LIMIT_LOGIN": "60/h",
    "PORTAL_LIMIT_EXPORT": "5/h",
    "PORTAL_LIMIT_REPORT": "10/h",
}
"""What may be asked how often, by its setting; its name elsewhere is the last word, small."""

MOST_DAYS = 3650
MOST_MEGABYTES = 1_000_000
MAIL_SECURITY = ("starttls", "tls", "none")
LOG_FORMATS = ("auto", "json", "text")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def read_environment(base: Path) -> Environment:
    """Settings from the environment and the `.env` file in *base*; the environment wins.

    Raises WrongSetting for a value that cannot be used.
    """
    env = Env()
    if (base / ".env").is_file():
        env.read_env(str(base / ".env"), recurse=False)
    try:
        return _read(env, base)
    except EnvError as error:
        raise WrongSetting(f"{error} Correct it in the environment or in .env.") from error


def _read(env: Env, base: Path) -> Environment:
    data = (base / env.str("PORTAL_DATA", "var")).resolve()
    _make_private(data)
    log_level = env.str("PORTAL_LOG_LEVEL", "INFO").upper()
    if log_level not in LOG_LEVELS:
        known = ", ".join(LOG_LEVELS)
        raise WrongSetting(f"PORTAL_LOG_LEVEL is {log_level!r}; use one of {known}.")
    return Environment(
        data=data,
        debug=env.bool("PORTAL_DEBUG", False),
        secret_key=env.str("PORTAL_SECRET_KEY", "") or _kept_secret(data / "secret-key"),
        allowed_hosts=tuple(env.list("PORTAL_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])),
        trusted_origins=tuple(env.list("PORTAL_TRUSTED_ORIGINS", [])),
        database=_database(env, data),
        https=env.bool("PORTAL_HTTPS", False),
        log_level=log_level,
        search_log_days=_days(env, "PORTAL_SEARCH_LOG_DAYS", 180),
        search_recency=_share(env, "PORTAL_SEARCH_RECENCY", 0.1),
        page_image_bytes=_megabytes(env, "PORTAL_PAGE_IMAGES_MB", 500) * 1024 * 1024,
        url=_url(env),
        mail=_mail(env),
        trusted_proxies=_proxies(env),
        limits={_limit_name(name): _limit(env, name) for name in LIMITS},
        log_format=_one_of(env, "PORTAL_LOG_FORMAT", LOG_FORMATS),
        security_contact=_contact(env),
    )


def _one_of(env: Env, name: str, known: tuple[str, ...]) -> str:
    value: str = env.str(name, known[0])
    if value not in known:
        raise WrongSetting(f"{name} is {value!r}; use one of {', '.join(known)}.")
    return value


def _proxies(env: Env) -> tuple[Network, ...]:
    try:
        given: list[str] = env.list("PORTAL_TRUSTED_PROXIES", [])
        return tuple(map(ipaddress.ip_network, given))
    except ValueError as error:
        raise WrongSetting(
            f"PORTAL_TRUSTED_PROXIES is wrong: {error}; write addresses or networks, as "
            "127.0.0.1,10.0.0.0/8."
        ) from error


def _limit_name(setting: str) -> str:
    return setting.rpartition("_")[2].lower()


def _limit(env: Env, name: str) -> Rate | None:
    text: str = env.str(name, LIMITS[name])
    try:
        return Rate.read(text)
    except WrongRate as error:
        raise WrongSetting(f"{name} is {text!r}; {error}") from error


def _contact(env: Env) -> str:
    contact: str = env.str("PORTAL_SECURITY_CONTACT", "")
    if contact and not re.fullmatch(r"(https://|mailto:|tel:)[^\s]+", contact):
        raise WrongSetting(
            f"PORTAL_SECURITY_CONTACT is {contact!r}; write mailto:… or https://… (RFC 9116)."
        )
    return contact


def _url(env: Env) -> str:
    url: str = env.str("PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")
    if not re.fullmatch(r"https?://[^\s/?#@]+", url):
        raise WrongSetting(
            f"PORTAL_URL is {url!r}; write the address readers use, as https://policy.example.org."
        )
    return url


def _mail(env: Env) -> Mail:
    security = env.str("PORTAL_MAIL_SECURITY", "starttls")
    if security not in MAIL_SECURITY:
        known = ", ".join(MAIL_SECURITY)
        raise WrongSetting(f"PORTAL_MAIL_SECURITY is {security!r}; use one of {known}.")
    return Mail(
        host=env.str("PORTAL_MAIL_HOST", ""),
        port=env.int("PORTAL_MAIL_PORT", 587),
        user=env.str("PORTAL_MAIL_USER", ""),
        password=env.str("PORTAL_MAIL_PASSWORD", ""),
        security=security,
        sender=env.str("PORTAL_MAIL_FROM", "policy-portal@localhost"),
    )


def _days(env: Env, name: str, default: int) -> int:
    days = env.int(name, default)
    if not 0 <= days <= MOST_DAYS:
        raise WrongSetting(f"{name} is {days}; use a number of days from 0 to {MOST_DAYS}.")
    return int(days)


def _share(env: Env, name: str, default: float) -> float:
    share = env.float(name, default)
    if not 0 <= share <= 1:
        raise WrongSetting(f"{name} is {share}; use a number from 0 to 1.")
    return float(share)


def _megabytes(env: Env, name: str, default: int) -> int:
    size = env.int(name, default)
    if not 10 <= size <= MOST_MEGABYTES:
        raise WrongSetting(
            f"{name} is {size}; use a number of megabytes from 10 to {MOST_MEGABYTES}."
        )
    return int(size)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(
            f"PORTAL_DATA is {folder}, which cannot be created ({error.strerror}); "
            "name a folder this account may write to."
        ) from error
    if not os.access(folder, os.W_OK):
        raise WrongSetting(f"PORTAL_DATA is {folder}, which this account may not write to.")


def _kept_secret(file: Path) -> str:
    """The key made at the first start; two first starts at once agree on one."""
    try:
        return _read_or_make_secret(file)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(
            f"{file} can be neither read nor made ({error}); make room for it, or give it to the "
            "account that starts the portal."
        ) from error


def _read_or_make_secret(file: Path) -> str:
    if not file.exists():
        # Written aside and linked: nobody ever sees a file without its key.
        aside = file.with_name(f"{file.name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(aside)
        aside.unlink()
    key = file.read_text("ascii").strip()
    if len(key) < 50:
        raise WrongSetting(
            f"{file} holds no usable secret key; "
            "delete it and start again (everyone signs in anew)."
        )
    return key


def _database(env: Env, data: Path) -> dict[str, Any]:
    default = f"sqlite:///{data / 'portal.sqlite3'}"
    database: dict[str, Any] = dict(env.dj_db_url("DATABASE_URL", default))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # Readers never wait for the one writer (WAL); a writer takes its lock when the
        # transaction begins, so that it waits its turn instead of failing half-way.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # Held open: the first connection to a database in WAL mode writes two small files, which
        # a full disk does not take, and then nobody could even read.
        database["CONN_MAX_AGE"] = None
    elif database["ENGINE"] != "django.db.backends.postgresql":
        raise WrongSetting("DATABASE_URL must begin with sqlite:/// or postgres://.")
    else:
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database
