"""Third-party SDKs the old policy names for the phone app, as data; the web portal loads none.

The one rule: a row is whole and made of known words, or nothing is loaded. What the policy left out
or put in the wrong column is flagged, not made up.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "sdks.csv"
COLUMNS = [
    "name",
    "operator",
    "function",
    "types",
    "contact",
    "address",
    "policy_url",
    "flags",
    "partner",
]
# The only kinds of data a row may name: no "and so on".
TYPES = frozenset(
    [
        "位置",
        "设备标识",
        "设备型号和系统",
        "网络状态",
        "运营商",
        "应用列表",
        "Wi-Fi 信息",
        "存储状态",
        "IP 地址",
        "剪贴板",
        "日志",
        "手机号码",
        "本应用名称和版本",
        "系统语言",
        "传感器",
        "相机",
        "麦克风",
        "相册",
        "蓝牙",
        "Cookie",
        "正在运行的应用",
        "其他用户分享的信息",
        "电量",
        "SIM 卡状态",
        "推送结果和通知设置",
        "音视频",
        "是否越狱",
        "时区",
        "系统设置",
    ]
)


class Flag(StrEnum):
    """What is wrong with the old policy's row."""

    SWAPPED = "swapped"
    TWICE = "twice"
    NO_COMPANY = "no_company"
    NO_CONTACT = "no_contact"
    NO_ADDRESS = "no_address"
    LOST_LINK = "lost_link"


class Malformed(Exception):
    """A row is not what it must be; the message names it."""


@dataclass(frozen=True, slots=True)
class Sdk:
    """One row: what it is, whose, what for, which data; `partner` is its entry in the registry."""

    name: str
    operator: str
    function: str
    types: tuple[str, ...]
    contact: str
    address: str
    policy_url: str
    flags: frozenset[Flag]
    partner: str


@cache
def shipped() -> tuple[Sdk, ...]:
    """Every row, in the order of the policy."""
    return load(FILE)


def load(path: Path) -> tuple[Sdk, ...]:
    """Read a file of rows; raises Malformed."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise Malformed(f"the columns are {reader.fieldnames}, not {COLUMNS}")
        found = tuple(_row(row) for row in reader)
    names = [sdk.name for sdk in found]
    if len(set(names)) != len(names):
        raise Malformed("a name stands twice")
    return found


def _row(row: dict[str, str]) -> Sdk:
    name, types = row["name"], tuple(row["types"].split("、"))
    if not (name and row["operator"] and row["function"]):
        raise Malformed(f"{name or 'a row'}: name, operator or function is missing")
    unknown = set(types) - TYPES
    if unknown:
        raise Malformed(f"{name}: no kind of data is called {'、'.join(sorted(unknown))}")
    try:
        flags = frozenset(map(Flag, row["flags"].split()))
    except ValueError as error:
        raise Malformed(f"{name}: {error}") from error
    _refuse_silence(name, row, flags)
    return Sdk(
        name=name,
        operator=row["operator"],
        function=row["function"],
        types=types,
        contact=row["contact"],
        address=row["address"],
        policy_url=row["policy_url"],
        flags=flags,
        partner=row["partner"],
    )


def _refuse_silence(name: str, row: dict[str, str], flags: frozenset[Flag]) -> None:
    """What is not there must be flagged, and what is flagged must not be there."""
    pairs = {"contact": Flag.NO_CONTACT, "address": Flag.NO_ADDRESS, "policy_url": Flag.LOST_LINK}
    for column, flag in pairs.items():
        if bool(row[column]) == (flag in flags):
            raise Malformed(f"{name}: {column} and the flag {flag} contradict each other")
