"""The portal app: pages, accounts, API and the commands that start it."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Django's handle on the room."""

    name = "portal"
    verbose_name = "门户"
