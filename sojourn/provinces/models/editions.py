"""Which edition of which list stands in the database."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sojourn.provinces.querysets import PublicQuerySet


class ReferenceEdition(models.Model):
    """Which edition of each list this node holds; the digest says whether a file holds anything new."""

    dataset = models.CharField(_("数据集"), max_length=60, primary_key=True)
    edition = models.CharField(_("版本"), max_length=60)
    source = models.CharField(_("来源"), max_length=300)
    licence = models.CharField(_("许可"), max_length=120)
    digest = models.CharField(_("摘要"), max_length=64)
    rows = models.PositiveIntegerField(_("行数"))
    loaded_at = models.DateTimeField(_("装载时间"), db_default=Now())

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("基础数据版本")
        verbose_name_plural = _("基础数据版本")

    def __str__(self) -> str:
        return f"{self.dataset} {self.edition}"
