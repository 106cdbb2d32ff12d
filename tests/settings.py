"""The product's settings with test secrets; DATABASE_URL and REDIS_URL choose the real services."""

import base64
import os
import tempfile

os.environ.setdefault("DEVELOPMENT", "true")
os.environ.setdefault("SECRET_KEY", "tests only, never a secret")
os.environ.setdefault("INDEX_KEY", "tests only, the index key")
os.environ.setdefault("KMS_KEYS", "1:" + base64.b64encode(b"k" * 32).decode())
os.environ.setdefault("SIGNING_KEY", base64.b64encode(b"s" * 32).decode())
os.environ.setdefault("WECHAT_URL", "simulator://")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="portal-tests-"))

from config.settings import *  # noqa: F403 - the settings under test, after their environment

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if "REDIS_URL" not in os.environ:
    CELERY_BROKER_URL = "memory://"

# Test databases are files, as in the product, so that threads meet the same locks.
for alias, database in DATABASES.items():  # noqa: F405 - the star import
    if "sqlite" in str(database["ENGINE"]):
        database["TEST"] = {"NAME": str(VAR_DIR / f"test-{alias}.sqlite3")}  # noqa: F405 - the star import
