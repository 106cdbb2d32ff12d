"""Gives ID and contact numbers stored before their indexes existed theirs, so that they compare."""

from typing import Any

from django.db import migrations

from accounts.personal import KeyGone, open_bytes
from accounts.personal.fields import keyed_hash

NUMBERS = {"id_number": "identity", "legal_id_number": "identity", "contact_phone": "contact"}


def index_known(apps: Any, _schema_editor: Any) -> None:
    for name, retention in NUMBERS.items():
        _index(apps.get_model("onboarding", "Application").objects, name, retention)


def _index(applications: Any, name: str, retention: str) -> None:
    place = f"onboarding.Application.{name}"
    unknown = applications.filter(**{f"{name}__isnull": False, f"{name}_index": None})
    for row in unknown.only("pk", "person_id", name).iterator(chunk_size=1000):
        try:
            number = open_bytes(
                person=row.person_id,
                retention=retention,
                context=f"{place}:{row.pk}",
                sealed=bytes(getattr(row, name)),
            ).decode()
        except KeyGone:
            continue
        applications.filter(pk=row.pk).update(**{f"{name}_index": keyed_hash(place, number)})


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0008_risk'),
    ]

    operations = [
        migrations.RunPython(index_known, migrations.RunPython.noop),
    ]
