from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0004_recognised"),
    ]

    operations = [
        migrations.AddField(
            model_name="extract",
            name="is_sample",
            field=models.BooleanField(default=False, verbose_name="样例数据"),
        ),
    ]
