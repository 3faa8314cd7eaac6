"""The search app: what goes into the index and how it is asked."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions
from django.db.models.signals import post_migrate

from documents.apps import EDITORS

ALLOWED = (
    "add_synonymgroup",
    "change_synonymgroup",
    "delete_synonymgroup",
    "view_synonymgroup",
    "add_policyterm",
    "change_policyterm",
    "delete_policyterm",
    "view_policyterm",
    "add_recommendation",
    "change_recommendation",
    "delete_recommendation",
    "view_recommendation",
    "add_recommendeddocument",
    "change_recommendeddocument",
    "delete_recommendeddocument",
    "view_recommendeddocument",
    "view_searchcount",
    "delete_searchfeedback",
    "view_searchfeedback",
)
"""What editors may do with what search keeps."""


class SearchIndexesConfig(AppConfig):
    """Django's handle on the room; importing sync lets it hear of changes."""

    name = "search_indexes"
    verbose_name = "检索"

    def ready(self) -> None:
        from search_indexes import sync  # noqa: F401, PLC0415 - apps must be loaded first

        post_migrate.connect(allow_editors, sender=self)


def allow_editors(apps: Any = all_apps, **kwargs: Any) -> None:
    """Lets the editors' group keep the words and see what was asked.

    ``flush`` sends the signal too, without the *apps* that ``migrate`` names.
    """
    create_permissions(kwargs["app_config"], verbosity=0, using=kwargs["using"], apps=apps)
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=EDITORS)
    permissions = apps.get_model("auth", "Permission").objects
    group.permissions.add(
        *permissions.filter(content_type__app_label="search_indexes", codename__in=ALLOWED)
    )
