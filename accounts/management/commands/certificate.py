"""`manage.py certificate verify FILE`: checks a deletion certificate without any database.

Trusted are the keys of SIGNING_PUBLIC_KEYS and the one the portal signs with today.
"""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import signing
from accounts.certificate import Certificate, CertificateRefused, Payload, verify
from accounts.certificate_schema import CHINA, OUTCOMES

MAX_READ = 2_000_000


class Command(BaseCommand):
    help = "核验个人信息删除证明"
    # A certificate must stay verifiable where nothing but this code and the public key is left.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("verify", help="核验一个证明文件,通过时退出码为 0,否则为 1")
        check.add_argument("file", type=Path, help="证明文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            certificate = verify(_read(options["file"]), trusted=_trusted())
        except CertificateRefused as refusal:
            raise CommandError(
                f"核验不通过:{refusal.reason_zh}\n({refusal.reason_en})", returncode=1
            ) from refusal
        self.stdout.write(_summary(certificate))


def _trusted() -> dict[str, bytes]:
    try:
        return signing.trusted()
    except ValueError as error:
        raise CommandError(
            f"SIGNING_KEY 或 SIGNING_PUBLIC_KEYS 不是 base64 写成的密钥:{error}"
        ) from error


def _read(file: Path) -> bytes:
    """The file, or as much of it as shows that it is too large to be a certificate."""
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_READ)
    except OSError as error:
        raise CommandError(f"无法读取文件 {file}:{error.strerror}", returncode=1) from error


def _summary(certificate: Certificate) -> str:
    payload = certificate.payload
    lines = [
        "核验通过:文件由本平台签发,签发后未改动。",
        f"  签发方      {payload['issuer']}",
        f"  回执编号    {payload['receipt_code']}",
        f"  申请时间    {_moment(payload['requested_at'])}",
        f"  承诺完成    {_moment(payload['due_at'])}",
        f"  完成时间    {_moment(payload['completed_at'])}",
        f"  是否最终    {'是' if payload['final'] else '否,尚有处理结果未回齐'}",
        f"  签名密钥    {certificate.key_id}",
        *_results(payload),
    ]
    return "\n".join(lines)


def _results(payload: Payload) -> list[str]:
    lines = ["本平台:"]
    for holder in payload["holders"]:
        line = f"  {holder['label']}:{OUTCOMES[holder['outcome']]},{holder['count']} 项"
        if holder["until"]:
            line += f",依据{holder['law']},保存至 {holder['until']}"
        lines.append(line)
    lines.append("合作方:" if payload["partners"] else "合作方:未曾向任何合作方提供")
    lines.extend(
        f"  {partner['label']}:{partner['outcome']}({partner['transport']}),"
        f"结束于 {_moment(partner['closed_at'])}"
        for partner in payload["partners"]
    )
    return lines


def _moment(value: datetime | None) -> str:
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S") if value else "尚未"
