"""Texts of published reference data that the pages show, named here so that the English catalogue holds them."""

from django.utils.translation import gettext_noop as _

PUBLISHED = (
    _("广东省民政厅"),
    _("广东省民政厅 2021-11-15 公布的首批旅居养老示范基地名单，当日授牌"),
    _("报告计入的十一家于 2021-11-15 才认定公布，晚于统计期间；两个日期并列保留。"),
    _("报告未给出吉林省的数字。"),
    _("粤黑辽吉赣桂旅居养老合作情况，2021-11-15 报告"),
    _("GB/T 27963-2011 人居环境气候舒适度评价"),
    _("本系统设定"),
    _("民发〔2024〕19号"),
    _("各省养老机构预收费监管文件"),
    _("养老机构预收费存管指引"),
    _("养老机构管理办法"),
    _("养老机构管理办法及备案规定"),
    _("GB/T 37276-2018 养老机构等级划分与评定"),
    _("本系统设定"),
)
