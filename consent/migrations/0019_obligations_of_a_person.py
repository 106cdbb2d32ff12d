from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0018_others_declared")]

    operations = [
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(fields=["person", "partner"], name="obligation_of_whom"),
        )
    ]
