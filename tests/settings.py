"""The portal's settings with a data folder of each test process's own."""

from __future__ import annotations

import os
import tempfile

# Before portal.settings is read: nothing a test does may touch a real portal's folder.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_folder = tempfile.TemporaryDirectory(prefix=f"portal-test-{_worker}-")
os.environ["PORTAL_DATA"] = _folder.name

from portal.settings import *  # noqa: E402, F403

STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 - whitenoise warns where it is missing
LOGGING["loggers"]["portal.requests"] = {"level": "WARNING"}  # type: ignore[index]  # noqa: F405 - a line a request would bury what failed
