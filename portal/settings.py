"""Django's settings, safe by default; what may differ comes from portal.environment."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import django_stubs_ext

from portal.environment import WrongSetting, read_environment

django_stubs_ext.monkeypatch()  # lets admin and form classes name their model to the type checker

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    ENVIRONMENT = read_environment(BASE_DIR)
except WrongSetting as wrong:
    sys.exit(f"portal: {wrong}")

PORTAL_DATA = ENVIRONMENT.data
DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.trusted_origins)

INSTALLED_APPS = [
    "portal",
    "documents",
    "search_indexes",
    "seeds",
    "axes",
    "haystack",
    "simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "portal.logs.RequestLog",
    "portal.middleware.ResponseHeaders",
    "portal.compression.CompressText",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.sessions.SessionEnds",
    "portal.limits.Limits",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.opened.CountOpened",
    "portal.unchanged.Unchanged",
    "portal.middleware.NoNul",
    "axes.middleware.AxesMiddleware",  # last, as its manual asks
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "search_indexes.engine.backend.PolicyEngine",
        "PATH": str(PORTAL_DATA / "index"),
        # A search that fails says so; an empty answer would be a lie.
        "SILENTLY_FAIL": False,
    },
}

SEARCH_LOG_DAYS = ENVIRONMENT.search_log_days
SEARCH_RECENCY = ENVIRONMENT.search_recency
PAGE_IMAGE_BYTES = ENVIRONMENT.page_image_bytes

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Wrong passwords lock the name together with the address they came from: nobody can lock
# another reader out, and a name that does not exist is locked like one that does.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # fifteen minutes are fifteen minutes
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "portal.client.address_of"
AXES_LOCKOUT_CALLABLE = "portal.limits.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # who signed in when is nobody's business
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = PORTAL_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page needs our files
WHITENOISE_ROOT = BASE_DIR / "portal/root"  # what browsers ask for by itself: /favicon.ico
WHITENOISE_MAX_AGE = 0 if DEBUG else 24 * 3600  # of files without a fingerprint in their name
MEDIA_ROOT = PORTAL_DATA / "media"
# Uploads wait here on the same file system as MEDIA_ROOT, so that keeping one is a rename.
FILE_UPLOAD_TEMP_DIR = PORTAL_DATA / "uploading"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_HANDLERS = ["documents.upload_handler.BoundedUpload"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # a corrected section may be long; files do not count
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # in one go; more go into a ZIP

TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
LIMITS = ENVIRONMENT.limits
SECURITY_CONTACT = ENVIRONMENT.security_contact

SESSION_COOKIE_AGE = 7 * 24 * 3600  # as portal.sessions.IDLE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = ENVIRONMENT.https
CSRF_COOKIE_SECURE = ENVIRONMENT.https
# Browsers take a cookie of this name from this very host and by TLS only (RFC 6265bis, 4.1.3.2).
_prefix = "__Host-" if ENVIRONMENT.https else ""
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # monitors ask the port itself
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.https
SECURE_HSTS_PRELOAD = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Mail names the portal by this address, never by what a request calls it.
PORTAL_URL = ENVIRONMENT.url
_backend = "smtp" if ENVIRONMENT.mail.host else "console"
EMAIL_BACKEND = f"django.core.mail.backends.{_backend}.EmailBackend"
EMAIL_HOST = ENVIRONMENT.mail.host
EMAIL_PORT = ENVIRONMENT.mail.port
EMAIL_HOST_USER = ENVIRONMENT.mail.user
EMAIL_HOST_PASSWORD = ENVIRONMENT.mail.password
EMAIL_USE_TLS = ENVIRONMENT.mail.security == "starttls"
EMAIL_USE_SSL = ENVIRONMENT.mail.security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail.sender

# JSON for whoever keeps logs, plain lines for a person at a terminal.
_as_text = ENVIRONMENT.log_format == "text" or (
    ENVIRONMENT.log_format == "auto" and sys.stderr is not None and sys.stderr.isatty()
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": f"portal.logs.{'TextLine' if _as_text else 'JsonLine'}"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level},
    "loggers": {
        "django": {"handlers": [], "level": ENVIRONMENT.log_level, "propagate": True},
        # Every answer has its line already; these tell of the failures behind a 500.
        "django.request": {"level": "ERROR"},
        "axes": {"level": "ERROR"},  # its lines would name the account and the address
    },
}
