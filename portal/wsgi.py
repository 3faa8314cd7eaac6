"""The door through which a web server calls the portal."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from portal.warm import warm_up  # noqa: E402 - it needs the apps

# What the first reader needs is read before they ask, not while they wait.
warm_up()
