"""The portal app: pages, accounts, API and the commands that start it."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Django's handle on the room."""

    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Lets the checks of a deployment and the ends of sessions be heard of."""
        from portal import checks, sessions  # noqa: F401, PLC0415 - they need the models
