"""Gives credit codes stored before the index existed theirs, so that they are found too."""

from typing import Any

from django.db import migrations

from accounts.personal import KeyGone, open_bytes
from accounts.personal.fields import keyed_hash

PLACE = "onboarding.Application.credit_code"


def index_known(apps: Any, _schema_editor: Any) -> None:
    applications = apps.get_model("onboarding", "Application").objects
    unknown = applications.filter(credit_code__isnull=False, credit_code_index=None)
    for row in unknown.only("pk", "person_id", "credit_code").iterator(chunk_size=1000):
        try:
            code = open_bytes(
                person=row.person_id,
                retention="identity",
                context=f"{PLACE}:{row.pk}",
                sealed=bytes(row.credit_code),
            ).decode()
        except KeyGone:
            continue
        applications.filter(pk=row.pk).update(credit_code_index=keyed_hash(PLACE, code))


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0002_credit_code_index'),
    ]

    operations = [
        migrations.RunPython(index_known, migrations.RunPython.noop),
    ]
