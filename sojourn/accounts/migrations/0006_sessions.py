import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_passkeys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("began_at", models.DateTimeField(null=True, verbose_name="登录时间")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="最近使用时间")),
                ("device", models.CharField(blank=True, max_length=40, verbose_name="设备")),
                (
                    "ended",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("idle", "您有一段时间没有操作，为安全起见已经退出"),
                            ("aged", "这次登录已到最长时间，为安全起见已经退出"),
                            ("crowded", "您的账号在别处登录，超过了同时登录的上限，最早的一处已经退出"),
                            ("elsewhere", "您在另一台设备上选择了退出其他设备"),
                        ],
                        max_length=10,
                        verbose_name="结束原因",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "登录会话",
                "verbose_name_plural": "登录会话",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended", ""),
                            models.Q(("session_data", ""), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="session_ended_is_nobodys",
                    )
                ],
            },
        ),
    ]
