"""The seeds app: the source documents the portal starts with."""

from django.apps import AppConfig


class SeedsConfig(AppConfig):
    """Django's handle on the room."""

    name = "seeds"
    verbose_name = "起始文件"
