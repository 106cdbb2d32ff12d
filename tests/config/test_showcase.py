"""The component page of development: everything pages are made of, shown once."""

import pytest
from django.conf import settings
from django.urls import reverse

COMPONENTS = {
    f"components/{path.name}"
    for path in (settings.BASE_DIR / "templates" / "components").glob("*.html")
}
# What every later page is made of.
DOZEN = {
    "banner", "button_pair", "dialog", "field", "status_tag", "step_header", "summary", "table",
    "task_list", "timeline", "upload", "error_summary",
}  # fmt: skip


@pytest.fixture
def shown(client, db):
    """The templates that both layouts were made of."""
    pages = [client.get(reverse("components")), client.get(reverse("components"), {"desk": ""})]
    return {template.name for page in pages for template in page.templates}


def test_every_component_is_on_the_page(shown):
    assert COMPONENTS - shown == set()


def test_the_dozen_everything_is_made_of_exists():
    assert {f"components/{name}.html" for name in DOZEN} <= COMPONENTS
