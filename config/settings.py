"""All settings, in one file, read loudly from the environment.

A value that would be unsafe in production refuses to start there, with a message that names it.
"""

import base64
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from accounts import residence
from onboarding.ports import identity_url

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

DEVELOPMENT = env.bool("DEVELOPMENT", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default="http://127.0.0.1:8000").rstrip("/")

# Who runs the portal: printed on every page, in every policy and on every certificate.
OPERATOR_NAME = env.str("OPERATOR_NAME", default="大盛融资租赁有限公司")
OPERATOR_HOTLINE = env.str("OPERATOR_HOTLINE", default="400-166-5151")
OPERATOR_ADDRESS = env.str(
    "OPERATOR_ADDRESS", default="浙江省金华市金东区光南路8号51车总部大楼 信息保护专员(收) 321000"
)

# Where databases, papers, broker and their backups lie: what the operator declares. The policy
# promises one place (3.1), so there is one answer; in production nobody gives it by default.
DATA_REGION = env.str("DATA_REGION", default=residence.CODE if DEVELOPMENT else "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "accounts",
    "consent",
    "onboarding",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.service_log.service_log",
    "csp.middleware.CSPMiddleware",
    "config.middleware.privacy_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.gate.StaffSessions",
    "accounts.gate.StaffSecondFactor",
    "accounts.gate.ClosingAccounts",
    "consent.gate.PolicyGate",
    "config.middleware.worded_refusals",
    "config.middleware.whole_addresses",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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
                "config.context.portal",
                "config.context.desk_links",
            ],
        },
    }
]


# Databases: the portal's rows, and apart from them the keys without which they cannot be read.
def _database(variable: str, file_name: str) -> dict[str, object]:
    """One database from its URL; SQLite gets WAL and immediate transactions, PostgreSQL a pool."""
    config = env.db(variable, default=f"sqlite:///{VAR_DIR / file_name}")
    if "sqlite" in config["ENGINE"]:
        config["CONN_MAX_AGE"] = None
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA secure_delete=ON;",
        }
    else:
        config["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
        config["CONN_HEALTH_CHECKS"] = True
    return dict(config)


DATABASES = {
    "default": _database("DATABASE_URL", "portal.sqlite3"),
    "vault": _database("VAULT_DATABASE_URL", "vault.sqlite3"),
}
DATABASE_ROUTERS = ["accounts.vault.VaultRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Keys. KMS_KEYS lists `version:base64` of 32 bytes, newest first; each listed one still unwraps.
KMS_URL = env.str("KMS_URL", default="env://")
KMS_KEYS = env.list("KMS_KEYS")
INDEX_KEY = env.str("INDEX_KEY")
SIGNING_KEY = env.str("SIGNING_KEY")
SIGNING_PUBLIC_KEYS = env.dict("SIGNING_PUBLIC_KEYS", default={})

# Outside services, each a port chosen by its URL.
SMS_URL = env.str("SMS_URL", default="outbox://")
# Empty: nobody is offered to sign in by WeChat.
WECHAT_URL = env.str("WECHAT_URL", default="")
DEMO_PARTNER_SECRET = env.str("DEMO_PARTNER_SECRET", default="")
STORAGE_URL = env.str("STORAGE_URL", default=f"file://{VAR_DIR / 'papers'}")

# Who is asked whether a name and an ID number belong together; by default staff compare papers.
IDENTITY_URL = env.str("IDENTITY_URL", default="desk://")
try:
    identity_url.parse(IDENTITY_URL, development=DEVELOPMENT)
except ValueError as wrong:
    raise ImproperlyConfigured(f"IDENTITY_URL {wrong}") from None

# Sign-in.
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "accounts.sign_in_backends.StaffBackend",
    "accounts.sign_in_backends.MerchantBackend",
]
LOGIN_URL = "consent:sign_in"
LOGIN_REDIRECT_URL = "onboarding:desk"
MERCHANT_HOME_URL = "onboarding:me"
# Where one tap after refusing a consent takes the other way: the page, and what its button says.
OTHER_WAYS = {"id_photo": ("onboarding:in_person", "改为当面核对证件")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.staff_sign_in.StaffAccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.staff_forms.StaffLoginForm",
    "reauthenticate": "accounts.staff_forms.StaffReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "accounts.staff_sign_in.StaffMFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.staff_forms.StaffCodeForm",
    "reauthenticate": "accounts.staff_forms.StaffReauthenticateByCodeForm",
    "activate_totp": "accounts.staff_forms.StaffActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
USERSESSIONS_TRACK_ACTIVITY = True
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEVELOPMENT)

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "portal_session" if DEVELOPMENT else "__Host-portal_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEVELOPMENT
CSRF_COOKIE_NAME = "portal_csrf" if DEVELOPMENT else "__Host-portal_csrf"
CSRF_COOKIE_SECURE = not DEVELOPMENT
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# The broker: redis://, rediss:// or unix://. Celery alone uses it, so losing it costs time only.
REDIS_URL = env.str("REDIS_URL", default=f"unix://{VAR_DIR / 'valkey.sock'}" if DEVELOPMENT else "")

# The only thing cached is how often somebody tried to sign in as staff, under keyed hashes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "staff_sign_in_rates",
        "KEY_FUNCTION": "accounts.staff_sign_in.hashed_key",
    }
}

# Celery: rows are the queue, messages hurry them, the sweep is the promise.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_ROUTES = {"consent.*": {"queue": "courier"}}
CELERY_TASK_DEFAULT_QUEUE = "portal"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=5.0)


def _every(task: str, seconds: float) -> dict[str, object]:
    """One line of the beat schedule; a message nobody took before the next one is dropped."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 5.0)}}


CELERY_BEAT_SCHEDULE = {
    "pulse": _every("accounts.pulse", 5.0),
    "courier": _every("consent.pulse", 5.0),
    "erasures": _every("accounts.sweep_erasures", SWEEP_SECONDS),
    "complaints": _every("accounts.sweep_complaints", 60.0),
    "notifications": _every("accounts.sweep_notifications", SWEEP_SECONDS),
    "deliveries": _every("consent.sweep_deliveries", SWEEP_SECONDS),
    "tellings": _every("consent.sweep_tellings", SWEEP_SECONDS),
    "ending": _every("consent.sweep_ending", 60.0),
    "contracts": _every("consent.sweep_contracts", 60.0),
    "real_names": _every("onboarding.sweep_real_names", SWEEP_SECONDS),
    "discards": _every("onboarding.sweep_discards", 60.0),
    "risk": _every("onboarding.sweep_risk", 60.0),
    "housekeeping": _every("accounts.housekeeping", 600.0),
    "checkpoint": _every("accounts.checkpoint_ledger", 3600.0),
}

# How long a merchant may still cancel a deactivation before the erasure starts.
ERASURE_GRACE_SECONDS = env.int("ERASURE_GRACE_SECONDS", default=24 * 60 * 60)

# After a refusal nobody is asked again unprompted for this long: two days, or longer.
ASK_AGAIN_HOURS = env.int("ASK_AGAIN_HOURS", default=48)
if ASK_AGAIN_HOURS < 48:
    raise ImproperlyConfigured("ASK_AGAIN_HOURS cannot be less than 48")

# Everything but files is refused above this; files stay in memory, and have a limit of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["onboarding.uploads.BoundedUploadHandler"]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_AUTOREFRESH = DEVELOPMENT

# Browser rules: nothing from another origin, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEVELOPMENT)
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEVELOPMENT
SECURE_HSTS_PRELOAD = not DEVELOPMENT
# How many reverse proxies of ours stand in front: the client address is read that many from the
# end of X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"private": {"()": "config.logs.PrivateFilter"}},
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["private"],
        },
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"handlers": [], "propagate": True}},
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False


def _check_keys() -> None:
    """A key that cannot work is found at the start; it is named by its place, not shown."""
    versions = set()
    for position, entry in enumerate(KMS_KEYS):
        version, _, key = entry.partition(":")
        if not version.isdecimal() or not _is_key(key):
            raise ImproperlyConfigured(
                f"KMS_KEYS entry {position} must be `version:base64 of 32 bytes`"
            )
        versions.add(int(version))
    if not versions or len(versions) != len(KMS_KEYS):
        raise ImproperlyConfigured("KMS_KEYS must list at least one key, and each version once")
    if not _is_key(SIGNING_KEY):
        raise ImproperlyConfigured("SIGNING_KEY must be base64 of 32 bytes")


def _check_residence() -> None:
    """Everything is stored in mainland China, or nothing is started (policy 3.1; C103, B69)."""
    if DATA_REGION != residence.CODE:
        raise ImproperlyConfigured(
            f"DATA_REGION must be {residence.CODE}: policy 3.1 promises that everything lies in "
            f"mainland China. Set it once databases, papers, broker and backups do (C103, B69)."
        )
    hosts = {
        "DATABASE_URL": DATABASES["default"].get("HOST"),
        "VAULT_DATABASE_URL": DATABASES["vault"].get("HOST"),
        "REDIS_URL": urlsplit(REDIS_URL).hostname,
        "STORAGE_URL": urlsplit(STORAGE_URL).hostname,
    }
    for variable, host in hosts.items():
        if named := residence.abroad(str(host or "")):
            raise ImproperlyConfigured(
                f"{variable} leads out of mainland China ({named}), against policy 3.1 (C103, B69)"
            )


def _refuse_unsafe() -> None:
    """Stop a production start that would break a promise; each message says what to set."""
    unsafe = {
        "SMS_URL=outbox:// shows codes to anyone: set a real sender": SMS_URL.startswith("outbox:"),
        "WECHAT_URL=simulator:// lets anybody in as anybody": WECHAT_URL.startswith("simulator:"),
        "WECHAT_URL must begin with https://": urlsplit(WECHAT_URL).scheme not in ("", "https"),
        "PORTAL_URL must begin with https://": not PORTAL_URL.startswith("https://"),
        "INDEX_KEY shorter than 32 characters can be guessed": len(INDEX_KEY) < 32,
        "STAFF_SECOND_FACTOR cannot be off": not STAFF_SECOND_FACTOR,
        "ALLOWED_HOSTS cannot be *": "*" in ALLOWED_HOSTS,
        "REDIS_URL names the broker and must be set": not REDIS_URL,
    }
    for message, is_so in unsafe.items():
        if is_so:
            raise ImproperlyConfigured(f"In production: {message}")


_check_keys()
_check_residence()
if not DEVELOPMENT:
    _refuse_unsafe()
