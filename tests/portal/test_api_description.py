"""The API keeps to its own description, whatever is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import URLResolver, get_resolver
from hypothesis import HealthCheck, assume, given, seed, settings
from pytest_django import Settings
from schemathesis import GenerationMode

from portal.api.description import description
from tests.conftest import MakeDocument
from tests.promises import Tried

SEED = 6
SCHEMA: Any = schemathesis.openapi.from_dict(description())


@pytest.fixture
def library(make_document: MakeDocument, settings: Settings) -> Iterator[None]:
    # The server's end of a request closes connections; a test's rows live in one.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.LIMITS = {}  # thousands of questions within seconds is what they are for
    for number in range(3):
        make_document(f"科技规划{number}", "加快创新。", public_id=f"a{number}", district="青浦区")
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def test_every_address_of_the_api_is_described() -> None:
    names = {
        str(pattern.pattern)
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "api/v1/"
        for pattern in resolver.url_patterns
    }
    described = {path.removeprefix("/api/v1/") for path in description()["paths"]}

    assert names - {"<path:path>", "openapi.json"} == {
        path.replace("{slug}", "<slug:slug>") for path in described
    }


def test_the_description_is_served_and_names_its_version(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json").json()

    assert answer["openapi"].startswith("3.1")
    assert answer == description()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_asked_the_answer_is_as_described(
    library: None, mode: GenerationMode, tried: Tried
) -> None:
    """All checks of schemathesis: status, content type, schema, headers, no fault of the server."""
    tried(_try(mode, 50 if mode is GenerationMode.POSITIVE else 25), "requests", seed=SEED)


@pytest.mark.nightly
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_it_holds_for_thousands_of_questions(
    library: None, mode: GenerationMode, tried: Tried
) -> None:
    tried(_try(mode, 2000), "requests", seed=SEED)


def _try(mode: GenerationMode, examples: int) -> int:
    """How many requests were made."""
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
            continue

        @seed(SEED)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            nonlocal asked
            days = case.query or {}
            if mode is GenerationMode.POSITIVE and days.get("from") and days.get("to"):
                # What OpenAPI cannot say: the one is not later than the other.
                assume(days["from"] <= days["to"])
            if mode is GenerationMode.NEGATIVE:
                # Empty fields of a form count as not given, which a number cannot say.
                assume("" not in (days.get("page"), days.get("page_size")))
            asked += 1
            # The client asks for gzip as browsers do, and does not unpack what it gets.
            case.call_and_validate(headers={"Accept-Encoding": "identity"})

        check()
    assert asked >= examples
    return asked


def _can_be_wrong(operation: Any) -> bool:
    """Only where a parameter has a form that a request can break."""
    return str(operation.path).endswith("/search")
