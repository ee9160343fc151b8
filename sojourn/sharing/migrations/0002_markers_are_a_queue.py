from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_sharing")]

    operations = [
        migrations.RemoveIndex(model_name="marker", name="marker_unsealed"),
        # What a page covers already needs no marker any more.
        migrations.RunSQL("DELETE FROM sharing_marker WHERE page IS NOT NULL", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="marker", name="page"),
        migrations.AddIndex(
            model_name="marker", index=models.Index(fields=["feed", "id"], name="marker_unsealed")
        ),
    ]
