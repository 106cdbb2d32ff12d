"""{% leave "https://…" "its name" %}: the address of a link that leads to another site."""

from django import template

from consent import leaving

register = template.Library()


@register.simple_tag
def leave(url: str, name: str = "") -> str:
    """An address on our site that says where the link leads before it does; "" for no site."""
    return leaving.address(url, name) if leaving.is_site(url) else ""
