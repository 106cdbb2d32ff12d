"""Production settings: nothing of development is there, and what is unsafe refuses to start."""

import base64
import subprocess
import sys

import pytest
from django.conf import settings

from accounts import residence
from consent.models import Partner
from tests.production_check import environment

ADDRESSES = """
import django; django.setup()
from django.urls import Resolver404, resolve
for path in {paths!r}:
    try:
        print(path, resolve(path).view_name)
    except Resolver404:
        print(path, "absent")
"""
SAID = """
from django.conf import settings
print(*(getattr(settings, name) for name in {names!r}))
"""
DATABASES = """
from django.conf import settings
for database in settings.DATABASES.values():
    print(database["ENGINE"].split(".")[-1], str(database["NAME"]).split("/")[-1])
print(settings.CELERY_BROKER_URL)
"""
KEY = base64.b64encode(bytes(32)).decode()
START = "from django.conf import settings; settings.DEBUG"


def python(code: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines under complete production settings, some changed or, with "-", left out."""
    return run("-c", code, **changed)


def run(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in (environment() | changed).items() if value != "-"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env=env | {"ENV_FILE": "/dev/null"},
        text=True,
        capture_output=True,
        check=False,
    )


def test_pages_of_development_are_not_there():
    paths = ["/dev/outbox/", "/dev/wechat/", "/dev/components/", "/dev/", "/healthz"]

    told = python(ADDRESSES.format(paths=paths))

    assert told.stdout.splitlines() == [
        "/dev/outbox/ absent",
        "/dev/wechat/ absent",
        "/dev/components/ absent",
        "/dev/ absent",
        "/healthz healthz",
    ], told.stderr


def test_a_second_factor_secure_cookies_and_no_debug_are_the_default():
    names = ["DEBUG", "STAFF_SECOND_FACTOR", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]

    told = python(SAID.format(names=[*names, "SESSION_COOKIE_NAME", "SECURE_SSL_REDIRECT"]))

    assert told.stdout.split() == ["False", "True", "True", "True", "__Host-portal_session", "True"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMS_URL", "-"),
        ("SMS_URL", "outbox://"),
        ("WECHAT_URL", "simulator://"),
        ("WECHAT_URL", "http://wx01:the-secret@api.weixin.qq.com/"),
        ("PORTAL_URL", "http://portal.example.cn"),
        ("STAFF_SECOND_FACTOR", "false"),
        ("ALLOWED_HOSTS", "*"),
        ("REDIS_URL", "-"),
        ("SECRET_KEY", "-"),
        ("INDEX_KEY", "-"),
        ("INDEX_KEY", ""),
        ("INDEX_KEY", "short"),
        ("KMS_KEYS", "-"),
        ("KMS_KEYS", "1:c2hvcnQ="),
        ("KMS_KEYS", "1:not base64"),
        ("KMS_KEYS", ""),
        ("KMS_KEYS", f"1:{KEY},1:{KEY}"),
        ("SIGNING_KEY", "-"),
        ("SIGNING_KEY", "c2hvcnQ="),
        ("SIGNING_KEY", "not base64"),
    ],
)
def test_a_missing_or_unsafe_setting_stops_the_start_and_is_named(name, value):
    told = python(START, **{name: value})

    assert told.returncode == 1
    assert "ImproperlyConfigured" in told.stderr
    assert name in told.stderr.splitlines()[-1]


@pytest.mark.clause("C103", "B69")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATA_REGION", "-"),
        ("DATA_REGION", "SG"),
        ("DATABASE_URL", "postgres://p:geheim@db.ap-southeast-1.rds.aliyuncs.com/portal"),
        ("VAULT_DATABASE_URL", "postgres://p:geheim@v.rds.us-east-1.amazonaws.com/vault"),
        ("REDIS_URL", "rediss://:geheim@r.cn-hongkong.redis.aliyuncs.com:6379/0"),
        ("STORAGE_URL", "s3://k:geheim@papers.cos.ap-singapore.myqcloud.com/papers"),
    ],
)
def test_nothing_starts_unless_all_of_it_is_declared_to_lie_in_the_mainland(name, value):
    told = python(START, **{name: value})

    assert told.returncode == 1
    assert name in told.stderr.splitlines()[-1]
    assert "C103" in told.stderr
    assert "geheim" not in told.stderr


@pytest.mark.clause("C103", "B69")
def test_policy_registry_and_setting_name_one_and_the_same_place():
    policy = (settings.BASE_DIR / "consent/texts/privacy.zh.md").read_text()
    told = python(SAID.format(names=["DATA_REGION"]))

    assert f"全部存放在{residence.PLACE}的服务器，不向境外提供" in policy
    assert told.stdout.strip() == residence.CODE == Partner._meta.get_field("country").default


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("simulator://verifier", "invents answers"),
        ("tencent+http://AKID1:geheim@faceid.tencentcloudapi.com/verifier", "without encryption"),
        ("tencent://AKID1@faceid.tencentcloudapi.com/verifier", "lacks the host"),
        ("tencent://AKID1:geheim@faceid.tencentcloudapi.com", "does not name"),
        ("tencent://AKID1:geheim@faceid.intl.tencentcloudapi.com/v", "out of mainland China"),
        ("ftp://AKID1:geheim@example.cn/v", "unknown scheme"),
    ],
)
def test_an_unsafe_verifier_stops_the_start_without_showing_its_key(value, words):
    told = python(START, IDENTITY_URL=value)

    assert told.returncode == 1
    assert "IDENTITY_URL" in told.stderr.splitlines()[-1]
    assert words in told.stderr.splitlines()[-1]
    assert "geheim" not in told.stderr


@pytest.mark.parametrize(
    "value", ["-", "desk://", "tencent://AKID1:k@faceid.tencentcloudapi.com/verifier"]
)
def test_staff_checks_and_a_real_verifier_may_run_in_production(value):
    told = python(START, IDENTITY_URL=value)

    assert told.returncode == 0, told.stderr


def test_a_bad_key_is_named_without_being_shown():
    told = python(START, KMS_KEYS="1:c2hvcnQ=")

    assert "c2hvcnQ" not in told.stderr


def test_no_demo_account_is_ever_made():
    told = run("manage.py", "demo")

    assert told.stderr.strip() == "CommandError: demo content is for development only"


@pytest.mark.parametrize(
    ("variables", "databases"),
    [
        ({}, ["postgresql portal", "postgresql vault"]),
        (
            {"DATABASE_URL": "-", "VAULT_DATABASE_URL": "-"},
            ["sqlite3 portal.sqlite3", "sqlite3 vault.sqlite3"],
        ),
    ],
    ids=["named", "embedded"],
)
def test_the_environment_alone_chooses_databases_and_broker(variables, databases):
    told = python(DATABASES, **variables)

    assert told.stdout.splitlines() == [*databases, "redis://127.0.0.1:6379/0"], told.stderr
