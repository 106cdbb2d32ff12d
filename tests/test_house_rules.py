"""The rules of the house that no linter knows, as tests."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.personal import BlindIndex, PersonalText, holders

ROOT = Path(__file__).resolve().parent.parent
OURS = ("accounts", "consent", "onboarding")

# Models of libraries, decided once: what is in them and why it may be there.
LIBRARY_MODELS = {
    "auth.Permission": "rights, no people",
    "auth.Group": "roles, no people",
    "contenttypes.ContentType": "model names",
    "mfa.Authenticator": "second factors of staff, sealed under the KMS",
    "account.EmailAddress": "unused: staff sign in by account name",
    "account.EmailConfirmation": "unused",
    "usersessions.UserSession": "sessions of staff; accounts.gate keeps merchants out",
}


# A rule switched off for a line, with nothing behind it.
UNEXPLAINED = re.compile(r"# (noqa(: [A-Z0-9, ]+)?|type: ignore(\[[a-z-]+\])?)$", re.MULTILINE)


def python_files() -> list[Path]:
    return [path for app in (*OURS, "config") for path in (ROOT / app).rglob("*.py")]


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_is_personal_or_named_in_plain(model):
    fields = [field for field in model._meta.get_fields() if not field.auto_created]
    fields += [field for field in model._meta.fields if field.auto_created]
    undecided = {
        field.name for field in fields if not isinstance(field, PersonalText | BlindIndex)
    } - set(getattr(model, "PLAIN", ()))

    assert undecided == set()


def test_every_library_model_is_decided():
    theirs = {m._meta.label for m in apps.get_models() if m._meta.app_label not in OURS}

    assert theirs <= set(LIBRARY_MODELS)


def test_every_model_with_personal_data_has_a_holder_that_answers_for_it():
    personal = {
        model._meta.label
        for model in our_models()
        if any(isinstance(field, PersonalText) for field in model._meta.get_fields())
    }
    answered = {label for holder in holders.upward() for label in holder.models()}

    assert personal <= answered


@pytest.mark.parametrize(
    "model",
    [m for m in our_models() if any(isinstance(f, PersonalText) for f in m._meta.get_fields())],
    ids=lambda model: model._meta.label,
)
def test_every_personal_field_says_what_it_is_for_and_where_it_is_collected(model):
    silent = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, PersonalText)
        and not (field.purpose and field.scene and field.verbose_name)
    ]

    assert silent == []


@pytest.mark.parametrize("app", OURS)
def test_states_name_every_state_and_whose_turn_it_is_once(app):
    states = importlib.import_module(f"{app}.states")
    for name in [name for name in vars(states) if name.endswith("_MOVES")]:
        table = getattr(states, name)
        prefix = name.removesuffix("_MOVES")
        turns = [v for k, v in vars(states).items() if re.match(rf"{prefix}_(WAITS_FOR|OVER)", k)]
        reached = {to for targets in table.values() for to in targets}

        assert reached <= set(table)
        if turns:
            assert sum(map(len, turns)) == len(set().union(*turns))
            assert {str(state) for state in set().union(*turns)} == {str(s) for s in table}


def test_only_move_writes_a_state():
    offenders = []
    for path in python_files():
        if path.name == "transitions.py" or "migrations" in path.parts:
            continue
        nodes = [node for node in ast.walk(ast.parse(path.read_text())) if hasattr(node, "lineno")]
        for node in nodes:
            is_assignment = isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == "state"
                for target in node.targets
            )
            is_update = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "update"
                and any(keyword.arg == "state" for keyword in node.keywords)
            )
            if is_assignment or is_update:
                offenders.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert offenders == []


def test_actions_never_see_a_request():
    offenders = [
        str(path.relative_to(ROOT))
        for app in OURS
        for path in (ROOT / app / "actions").rglob("*.py")
        if re.search(r"django\.http|HttpRequest|render\(", path.read_text())
    ]

    assert offenders == []


def test_colours_and_sizes_come_from_tokens_alone():
    loose = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b\d+(\.\d+)?(px|rem|em)\b|rgba?\(|hsl")
    offenders = []
    for path in (ROOT / "static" / "css").glob("*.css"):
        if path.name == "tokens.css":
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        offenders += [
            f"{path.name}: {line.strip()}"
            for line in text.splitlines()
            if loose.search(line) and "@media" not in line
        ]

    assert offenders == []


def test_templates_hold_no_inline_style_or_script():
    # A JSON data block is no script: the browser never runs it.
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=\"|javascript:"
        r"|<script(?![^>]*(\bsrc=|type=\"application/json\"))"
    )
    remarks = re.compile(r"{#.*?#}|{% comment.*?endcomment %}", re.S)
    offenders = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if inline.search(remarks.sub("", path.read_text()))
    ]

    assert offenders == []


def test_nothing_of_another_origin_is_referred_to_by_a_page():
    # A plain link to elsewhere is allowed: the browser asks nothing before the person follows it.
    foreign = re.compile(r"(?:src|action)=\"(?:https?:)?//|<link[^>]+href=\"(?:https?:)?//")
    offenders = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if foreign.search(path.read_text())
    ]

    assert offenders == []


def all_routes(resolver: URLResolver) -> list[URLPattern]:
    routes: list[URLPattern] = []
    for entry in resolver.url_patterns:
        routes += all_routes(entry) if isinstance(entry, URLResolver) else [entry]
    return routes


def test_every_address_of_ours_has_a_name():
    unnamed = [
        str(route.pattern)
        for route in all_routes(get_resolver())
        if not route.name and route.lookup_str.split(".")[0] in (*OURS, "config")
    ]

    assert unnamed == []


def test_no_file_names_a_machine_or_chooses_a_package_registry():
    home = r"(?<![\w.$}])/(?:ro{2}t|home|Users)/"
    source = r"(?<!no-emit)-(?:-extra)?-?(?:index-url|find-links|trusted-host)\b"
    words = re.compile(f"{home}|{source}")
    offenders = [
        str(path.relative_to(ROOT))
        for pattern in ("*.py", "*.md", "*.toml", "*.txt", "*.html", "Makefile", "*.yaml")
        for path in ROOT.rglob(pattern)
        if not {".venv", "var", ".git", ".mypy_cache"} & set(path.relative_to(ROOT).parts)
        and path != Path(__file__)
        and words.search(path.read_text())
    ]

    assert offenders == []


def test_whoever_switches_a_rule_off_for_a_line_says_why_on_it():
    everywhere = [*python_files(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]

    assert [path for path in everywhere if UNEXPLAINED.search(path.read_text())] == []
