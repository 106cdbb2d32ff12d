"""What the reference processor is told at its start: command options and two secrets."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DOMAIN = "demo-partner.localhost"
DELAY = 3.0  # seconds a request rests as pending, so that it can be watched or withdrawn


class BadOptions(ValueError):
    """The processor cannot start like this; the text is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Options:
    """`secrets` are what the portal signs with; `signing_keys` what this processor answers with."""

    store: Path
    portal: str
    secrets: tuple[str, ...]
    signing_keys: tuple[str, ...]
    domain: str = DOMAIN
    host: str = "127.0.0.1"
    port: int = 8010
    delay: float = DELAY


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1）")
    parser.add_argument("--port", type=int, default=8010, help="监听端口（默认 8010；0 为任选）")
    parser.add_argument("--store", type=Path, required=True, help="存放数据的文件夹")
    parser.add_argument("--portal", default="http://127.0.0.1:8000", help="平台地址，只向它回执")
    parser.add_argument("--domain", default=DOMAIN, help="本合作方的域名")
    parser.add_argument("--delay", type=float, default=DELAY, help="收到删除请求后等待几秒再删除")
    parser.add_argument(
        "--secret", help="签名密钥 whsec_…；默认读环境变量 DEMO_PARTNER_SECRET，轮换时空格隔开"
    )


def from_arguments(given: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> Options:
    """Options out of parsed arguments; keys may come from the environment instead.

    DEMO_PARTNER_SIGNING_KEY (whsk_…), when set, signs answers in place of the shared secret.
    """
    secrets = str(given.get("secret") or environ.get("DEMO_PARTNER_SECRET", "")).split()
    if not secrets:
        raise BadOptions("缺少签名密钥：请用 --secret 或环境变量 DEMO_PARTNER_SECRET 给出 whsec_…")
    portal = str(given["portal"]).rstrip("/")
    if urlsplit(portal).scheme not in {"http", "https"} or not urlsplit(portal).hostname:
        raise BadOptions("平台地址应为 http(s)://主机[:端口]")
    return Options(
        store=Path(str(given["store"])),
        portal=portal,
        secrets=tuple(secrets),
        signing_keys=tuple(environ.get("DEMO_PARTNER_SIGNING_KEY", "").split()) or tuple(secrets),
        domain=str(given["domain"]),
        host=str(given["host"]),
        port=int(str(given["port"])),
        delay=float(str(given["delay"])),
    )
