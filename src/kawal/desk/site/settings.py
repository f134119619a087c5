"""Django's settings: one database by one setting, everything local, nothing fetched from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kawal.home import home, secret

SITE = Path(__file__).parent
KAWAL_HOME = home()

SECRET_KEY = secret("django.key").hex()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("KAWAL_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

ROOMS = [
    "clock",
    "people",
    "ledger",
    "trust",
    "places",
    "needs",
    "risk",
    "plan",
    "custody",
    "watch",
    "devices",
    "supply",
    "report",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "kawal.desk.site",
    *(f"kawal.desk.{room}" for room in ROOMS),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kawal.desk.site.middleware.official_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # A view is for officers unless it says @login_not_required: forgetting it shuts a page, never opens one.
    "kawal.desk.site.middleware.OfficersOnly",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kawal.desk.site.middleware.RefusalsInWords",
]

ROOT_URLCONF = "kawal.desk.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "kawal.desk.site.context.desk",
            ],
        },
    }
]


def _database() -> dict[str, object]:
    """SQLite in KAWAL_HOME, or what KAWAL_DATABASE names: postgresql://user:password@host:port/name, or
    sqlite:////folder/file, where several hubs of one machine share it."""
    url = os.environ.get("KAWAL_DATABASE", "")
    if url and not url.startswith("sqlite:///"):
        part = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": part.path.lstrip("/"),
            "USER": unquote(part.username or ""),
            "PASSWORD": unquote(part.password or ""),
            "HOST": part.hostname or "",
            "PORT": str(part.port or ""),
            "CONN_MAX_AGE": None,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url.removeprefix("sqlite:///") or KAWAL_HOME / "kawal.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: an acknowledged event is on the disk. NORMAL may lose it with the power.
            # What was committed is carried into the file by the projector, not by whoever commits and has a
            # phone waiting; the limit (pages, 40 MB) is for when no projector runs.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA wal_autocheckpoint=10000;",
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"  # on screen every time is shown in the zone of its area (WIB, WITA, WIT)
USE_I18N = True
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
# Listed here, not left to the apps, so that our words stand before Django's own ("Password").
LOCALE_PATHS = [*sorted(SITE.parent.glob("*/locale")), *sorted(SITE.parents[1].glob("*/locale"))]

STATIC_URL = "/static/"
STATIC_ROOT = None
BUILT = SITE / "built"  # what Vite makes of site/assets; built at setup, not committed
STATICFILES_DIRS = [BUILT] if BUILT.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "kawal.desk.site.views.csrf_failed"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Readers of the log ask for tiles that are not there yet; that is no news.
    "loggers": {"django.request": {"level": "ERROR"}},
}
