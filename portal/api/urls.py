"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from portal.api import views
from portal.views.suggest import suggestions

urlpatterns = [
    path("", views.root, name="api-root"),
    path("openapi.json", views.openapi, name="api-openapi"),
    path("search", views.search, name="api-search"),
    path("suggest", suggestions, name="api-suggest"),
    path("documents/<slug:slug>", views.document, name="api-document"),
    path("<path:path>", views.nothing),
]
