from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="HostedMember",
            fields=[
                (
                    "member",
                    models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name="成员"),
                ),
            ],
            options={
                "verbose_name": "本节点承载的成员",
                "verbose_name_plural": "本节点承载的成员",
            },
        ),
    ]
