"""What the old policies speak of and the web edition has no function for: nothing of it is kept.

The reasons are in docs/clauses-not-here.csv. A function that comes one day fails here first, and
takes its clauses off that list.
"""

import re

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.personal import Category, PersonalModel

ORDERS = re.compile(
    r"订单|下单|交易金额|支付|结算|\b(order_?no|orders?|payments?|settlements?)\b", re.I
)


def routes(resolver: URLResolver) -> list[str]:
    """Every address of the portal as it is written down."""
    found = []
    for entry in resolver.url_patterns:
        deeper = routes(entry) if isinstance(entry, URLResolver) else []
        found += [f"{entry.pattern}{route}" for route in deeper]
        found += [str(entry.pattern)] if isinstance(entry, URLPattern) else []
    return found


@pytest.mark.parametrize("word", ["订单信息", "me/orders/", "order_no", "支付进度"])
def test_an_order_would_be_noticed(word):
    assert ORDERS.search(word)


@pytest.mark.clause("B22", "B24", "B27")
def test_nothing_of_an_order_or_a_payment_is_asked_for_or_kept():
    models = [model for model in apps.get_models() if issubclass(model, PersonalModel)]
    fields = [field for model in models for field in model.personal_fields()]
    kept = [f"{f.name} {f.verbose_name} {f.purpose}" for f in fields]
    asked = [*kept, *Category.labels, *routes(get_resolver())]

    assert len(kept) > 20
    assert [words for words in asked if ORDERS.search(words)] == []
