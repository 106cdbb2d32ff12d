"""share() is the only door out: nothing else can reach another machine or fill a letter.

Read from the source, so that a new way out fails here before it is ever walked.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "consent", "onboarding", "config")

# What can open a connection, and who may: each with what it says to whom.
WIRE = {
    "aiohttp",
    "boto3",
    "ftplib",
    "http.client",
    "httpx",
    "imaplib",
    "poplib",
    "pycurl",
    "redis",
    "requests",
    "smtplib",
    "socket",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
    "xmlrpc.client",
}
ON_THE_WIRE = {
    "accounts/ports/sms.py": "codes and outcomes, to the person's own number",
    "onboarding/ports/tencent.py": "asks a verifier, after the door recorded what it learns",
    "accounts/ports/wechat.py": "a one-time code, to be told whose it is; nothing of ours",
    "consent/courier/send.py": "the letters of share() and of obligations",
    "consent/protocol/safe_url.py": "asks where a partner's name leads, says nothing",
    "consent/processor/work.py": "a partner's own program: reports back to a portal",
    "config/house.py": "looks for free ports on this machine",
    "config/views.py": "asks the broker whether it is there",
}
# Only here is anything made that the courier will carry, or a line of the sharing ledger.
OUTWARD = {"Disclosure", "DisclosureContent", "Delivery"}
MAKING = {"create", "bulk_create", "get_or_create", "update_or_create"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    """Every module a file names, as `a.b` and `a.b.name`, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            found |= {str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)}
    return found


def made(tree: ast.Module) -> set[str]:
    """Models of OUTWARD that a file makes rows of, by `Model(…)` or `Model.objects.create(…)`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        names = ast.unparse(node.func).split(".")
        if names[-1] in OUTWARD or (names[-1] in MAKING and OUTWARD & set(names)):
            found |= OUTWARD & set(names)
        found |= {
            word
            for word in OUTWARD
            if names[-2:] == ["bulk", "insert"] and word in map(ast.unparse, node.args)
        }
    return found


@pytest.mark.clause("C98", "C111")
def test_nothing_but_courier_and_ports_can_reach_another_machine():
    reaching = {path for path, tree in sources() if imported(tree) & WIRE}

    assert reaching == set(ON_THE_WIRE)


@pytest.mark.clause("C98", "C102")
def test_only_the_door_fills_a_letter_or_writes_the_sharing_ledger():
    making = {path: found for path, tree in sources() if (found := made(tree))}

    assert making == {
        "consent/actions/sharing.py": {"Disclosure", "DisclosureContent", "Delivery"},
        "consent/actions/obligations.py": {"Delivery"},
    }


def test_only_the_asking_that_the_door_records_can_reach_a_verifier():
    port, client = "onboarding.ports.identity", "onboarding.ports.tencent"
    asking = {path for path, tree in sources() if {port, client} & imported(tree)}
    calls = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("verifier.ask")
    }

    assert asking == {
        "onboarding/actions/real_names.py",
        "onboarding/management/commands/demo.py",
        "onboarding/ports/identity.py",
        "onboarding/real_name_words.py",
    }
    assert calls == {"onboarding/actions/real_names.py"}


@pytest.mark.parametrize(
    "line",
    [
        "import pycurl",
        "from urllib import request as r",
        "def f():\n    from http.client import HTTPSConnection",
        "importlib.import_module('requests')",
    ],
)
def test_a_way_out_is_seen_however_it_is_written(line):
    assert imported(ast.parse(line)) & WIRE


@pytest.mark.parametrize(
    "line",
    [
        "Delivery(partner=p)",
        "models.Disclosure(person=p)",
        "DisclosureContent.objects.create(values=v)",
        "Delivery.objects.select_for_update().get_or_create(partner=p)",
        "bulk.insert(Delivery, rows)",
    ],
)
def test_a_row_for_the_courier_is_seen_however_it_is_made(line):
    assert made(ast.parse(line))
