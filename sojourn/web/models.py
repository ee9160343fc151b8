"""Which creating requests were carried out, so that one that is sent again does nothing twice."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sojourn.core.querysets import LockingQuerySet


class CarriedOut(models.Model):
    """A request with a key was carried out for an account: what it asked, as a digest, and the row that came of it.

    The answer is not kept, the row is shown as it now is: what was answered may be somebody's data, and would
    outlive her here.
    """

    user_id = models.UUIDField(_("账号"))
    key = models.CharField(_("幂等键"), max_length=80)
    asked = models.CharField(_("请求摘要"), max_length=64)
    subject_id = models.UUIDField(_("所得对象"))
    at = models.DateTimeField(_("时间"), db_default=Now(), db_index=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("已办请求")
        verbose_name_plural = _("已办请求")
        constraints = [models.UniqueConstraint(name="carriedout_once_a_key", fields=["user_id", "key"])]

    def __str__(self) -> str:
        return str(self.pk)
