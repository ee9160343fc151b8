from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from sojourn.core import scopes
from sojourn.web.furniture import Door, Source, cite_source, offer_door


class SearchConfig(AppConfig):
    name = "providers.search"
    verbose_name = _("公开查询")

    def ready(self) -> None:
        scopes.register("bases.read", _("查询可旅居的机构和机构目录"))
        offer_door(Door(label=_("首页"), url_name="home", order=10))
        offer_door(Door(label=_("找基地"), url_name="bases", order=20))
        offer_door(Door(label=_("按月份找"), url_name="seasons", order=30))
        offer_door(Door(label=_("比较"), url_name="compare", order=40))
        offer_door(Door(label=_("消费指导"), url_name="guide", order=70))
        offer_door(Door(label=_("统计"), url_name="statistics", order=80, is_spare=True))
        cite_source(
            Source(
                label=_("广东省首批旅居养老示范基地名单"),
                period=_("广东省民政厅2021年11月15日公布"),
                order=10,
            )
        )
        cite_source(Source(label=_("各省示范基地数"), period=_("2019–2020年，2021年11月15日报告"), order=20))
        cite_source(Source(label=_("行政区划代码（GB/T 2260）"), period=_("截至2024年3月"), order=30))
        cite_source(
            Source(
                label=_("气候常年值（CRU CL 2.0，气象站Meteostat）"), period=_("1961–1990年平均"), order=40
            )
        )
