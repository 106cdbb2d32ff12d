"""Runs `manage.py check --deploy` on production settings made of throw-away secrets."""

import base64
import os
import secrets
import subprocess
import sys
import tempfile


def environment() -> dict[str, str]:
    """A complete production environment that reaches nothing."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEVELOPMENT": "false",
        "DATA_REGION": "CN",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "INDEX_KEY": secrets.token_urlsafe(40),
        "KMS_KEYS": f"1:{key}",
        "SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": "postgres://portal@127.0.0.1:5432/portal",
        "VAULT_DATABASE_URL": "postgres://vault@127.0.0.1:5432/vault",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "SMS_URL": "https://sms.example.cn/send",
        "ALLOWED_HOSTS": "portal.example.cn",
        "PORTAL_URL": "https://portal.example.cn",
        "VAR_DIR": tempfile.mkdtemp(prefix="portal-check-"),
    }


def main() -> int:
    """0 when the deployment checks find nothing to warn of."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
