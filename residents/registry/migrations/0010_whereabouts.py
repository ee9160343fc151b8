from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("registry", "0009_sensitive_fields"),
    ]

    operations = [
        migrations.AlterField(
            model_name="resident",
            name="whereabouts_protected",
            field=models.BooleanField(
                help_text="列表和页面上不显示所在市县", null=True, verbose_name="行踪保护"
            ),
        ),
        migrations.AlterField(
            model_name="residentevent",
            name="whereabouts_protected",
            field=models.BooleanField(
                help_text="列表和页面上不显示所在市县", null=True, verbose_name="行踪保护"
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("status", "registered"), ("whereabouts_protected__isnull", True)),
                fields=["sort_key", "id"],
                include=("home_division",),
                name="resident_never_asked",
            ),
        ),
    ]
