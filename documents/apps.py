"""The documents app: what is kept, read, reviewed and published."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions
from django.db.models.signals import post_migrate

from documents.signals import document_changed, documents_changed

EDITORS = "编辑"
"""The group that may upload, correct, publish and withdraw, and see the admin's pages for it."""


class DocumentsConfig(AppConfig):
    """Django's handle on the room."""

    name = "documents"
    verbose_name = "文件"

    def ready(self) -> None:
        # The handlers of the queue register themselves; models must be loaded first.
        from documents import batches, citing, intake, revisions  # noqa: F401, PLC0415

        post_migrate.connect(make_editors, sender=self)
        document_changed.connect(citing.hear_one, dispatch_uid="references")
        documents_changed.connect(citing.hear_many, dispatch_uid="references")


def make_editors(apps: Any = global_apps, **kwargs: Any) -> None:
    """Sees to it that the editors' group is there with its permissions.

    After migrating, because Django makes permissions only then; asked for here by name, since
    the order of these signals is that of the installed apps. Emptying the database (`flush`) sends
    the same signal without a registry.
    """
    create_permissions(kwargs["app_config"], verbosity=0, using=kwargs["using"], apps=apps)
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=EDITORS)
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="documents"
    )
    others = permissions.exclude(codename__contains="bookmark")
    group.permissions.add(*others.exclude(codename__contains="folder"))
