"""What the components need of Python."""

import pytest

from accounts.templatetags.components import dialable


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请拨打 400-166-5151。", '请拨打 <a href="tel:4001665151">400-166-5151</a>。'),
        ("座机0579-82345678", '座机<a href="tel:057982345678">0579-82345678</a>'),
        ("合同号 2026-400-166-5151", "合同号 2026-400-166-5151"),
        ("13800138000", "13800138000"),
        ("<b>400-1</b>", "&lt;b&gt;400-1&lt;/b&gt;"),
    ],
)
def test_hotlines_become_links_and_nothing_else_does(said, shown):
    assert dialable(said) == shown
