import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("provinces", "0002_season_months"),
        ("registry", "0006_health_fields"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                django.db.models.functions.text.Left("home_division", 2),
                models.F("sort_key"),
                models.F("id"),
                include=("home_division",),
                name="resident_by_province",
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                django.db.models.functions.text.Left("home_division", 4),
                models.F("sort_key"),
                models.F("id"),
                include=("home_division",),
                name="resident_by_city",
            ),
        ),
        migrations.AlterField(
            model_name="resident",
            name="home_division",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="provinces.division",
                verbose_name="户籍所在地区",
            ),
        ),
    ]
