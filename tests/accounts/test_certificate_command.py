"""`manage.py certificate verify FILE`, run by somebody with nothing but the file and the code."""

import base64
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.certificate import issue
from tests.accounts.certificate_kit import KEY, OTHER, SEED, payload

ROOT = Path(__file__).parents[2]


@pytest.fixture
def signing_settings(settings):
    settings.SIGNING_KEY = SEED
    settings.SIGNING_PUBLIC_KEYS = {}
    return settings


def test_the_command_says_what_a_genuine_file_states(tmp_path, signing_settings):
    file, out = tmp_path / "certificate.json", StringIO()
    file.write_bytes(issue(payload(), key=KEY))

    call_command("certificate", "verify", str(file), stdout=out)

    assert out.getvalue().splitlines() == [
        "核验通过:文件由本平台签发,签发后未改动。",
        "  签发方      大盛融资租赁有限公司",
        "  回执编号    Zt8kQ2mVw7Yc4LrN",
        "  申请时间    2026-11-22 10:00:00",
        "  承诺完成    2026-11-25 23:59:59",
        "  完成时间    2026-11-24 11:21:05",
        "  是否最终    是",
        f"  签名密钥    {KEY.id}",
        "本平台:",
        "  入驻申请与证照:已删除,14 项",
        "  对外提供记录:依法封存,不再使用,2 项,依据网络数据安全管理条例第12条,保存至 2029-11-22",
        "合作方:",
        "  演示合作方:已删除(已回执),结束于 2026-11-24 11:20:00",
    ]


def test_the_command_refuses_one_changed_byte_with_exit_code_1(tmp_path, signing_settings):
    file = tmp_path / "certificate.json"
    file.write_bytes(issue(payload(), key=KEY).replace(b'"count": 14', b'"count": 15'))

    with pytest.raises(CommandError) as refusal:
        call_command("certificate", "verify", str(file))

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        "核验不通过:签名与内容不符,内容被改动过\n(the signature does not match the content)"
    )


def test_the_command_accepts_a_retired_key_that_is_published(tmp_path, signing_settings):
    file, out = tmp_path / "certificate.json", StringIO()
    file.write_bytes(issue(payload(), key=OTHER))
    signing_settings.SIGNING_PUBLIC_KEYS = {OTHER.id: base64.b64encode(OTHER.public).decode()}

    call_command("certificate", "verify", str(file), stdout=out)

    assert out.getvalue().startswith("核验通过")


def test_the_command_names_a_file_it_cannot_read(tmp_path, signing_settings):
    with pytest.raises(CommandError, match="无法读取文件") as refusal:
        call_command("certificate", "verify", str(tmp_path / "missing.json"))

    assert refusal.value.returncode == 1


def test_the_command_names_the_settings_when_a_key_is_not_base64(tmp_path, signing_settings):
    file = tmp_path / "certificate.json"
    file.write_bytes(issue(payload(), key=KEY))
    signing_settings.SIGNING_PUBLIC_KEYS = {"2025": "not base64"}

    with pytest.raises(CommandError, match="SIGNING_PUBLIC_KEYS"):
        call_command("certificate", "verify", str(file))


def test_the_command_has_the_exit_codes_of_a_shell_check(tmp_path):
    file = tmp_path / "certificate.json"
    raw = issue(payload(), key=KEY)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "SIGNING_KEY": SEED}
    codes = []

    for content in (raw, raw.replace(b"\n", b"", 1)):
        file.write_bytes(content)
        command = [sys.executable, "manage.py", "certificate", "verify", str(file)]
        codes.append(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)

    assert codes == [0, 1]
