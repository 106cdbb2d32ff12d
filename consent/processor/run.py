"""Run the processor until Ctrl-C or SIGTERM."""

import signal
import sqlite3
import threading
from collections.abc import Callable
from types import FrameType

from consent.processor.options import BadOptions, Options
from consent.processor.server import Processor
from consent.protocol.webhooks import BadKey


def run(options: Options, say: Callable[[str], object]) -> None:
    """Start, tell the address, wait for a signal, stop. BadOptions when it cannot start."""
    try:
        processor = Processor(options)
    except BadKey as error:
        raise BadOptions(f"签名密钥不正确：{error}") from None
    except (OSError, OverflowError, sqlite3.Error) as error:
        raise BadOptions(f"无法启动：{error}") from None
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    processor.start()
    say(f"演示合作方已启动：{processor.url}/")
    ended.wait()
    processor.stop()
    say("演示合作方已停止。")
