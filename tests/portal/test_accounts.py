"""Signing up, in and out, and coming back to where one was."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db

PLACE = "/documents/d1/#p1-2"
NEW = {"username": "读者", "password1": "long enough 123", "password2": "long enough 123"}


def test_signing_up_signs_in_and_leads_back(client: Client) -> None:
    answer = client.post("/accounts/signup/", {**NEW, "next": PLACE})

    assert answer.status_code == 302
    assert answer["Location"] == PLACE
    assert client.session["_auth_user_id"] == str(User.objects.get(username="读者").pk)


@pytest.mark.parametrize("form", ["/accounts/signup/", "/accounts/login/"])
def test_nobody_is_led_to_another_site(client: Client, form: str) -> None:
    User.objects.create_user("old", password="long enough 123")
    data = {**NEW, "next": "https://evil.example/"}
    if form.endswith("login/"):
        data |= {"username": "old", "password": "long enough 123"}

    assert client.post(form, data)["Location"] == "/"


def test_a_refused_form_says_why_and_keeps_the_name(client: Client) -> None:
    page = client.post("/accounts/signup/", {**NEW, "password2": "other"}).content.decode()

    assert "errorlist" in page
    assert 'value="读者"' in page
    assert not User.objects.exists()


def test_signing_out_needs_a_form(client: Client) -> None:
    client.force_login(User.objects.create_user("old"))

    assert client.get("/accounts/logout/").status_code == 405
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_the_password_can_be_changed(client: Client) -> None:
    user = User.objects.create_user("old", password="long enough 123")
    client.force_login(user)
    new = {"old_password": "long enough 123", "new_password1": "even longer 456"}
    client.post("/accounts/password/", {**new, "new_password2": "even longer 456"})

    user.refresh_from_db()
    assert user.check_password("even longer 456")
