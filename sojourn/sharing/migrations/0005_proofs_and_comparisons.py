from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("sharing", "0004_heads_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="feedhead",
            name="proved_at",
            field=models.DateTimeField(null=True, verbose_name="最近自检通过时间"),
        ),
        migrations.AddField(
            model_name="peer",
            name="comparing_until",
            field=models.DateTimeField(null=True, verbose_name="对账占用至"),
        ),
    ]
