"""What our API is measured against: a bare view of REST framework, and the same search by plain LIKE."""

from django.db.models import F, Q
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.renderers import JSONRenderer

from providers.facilities.models import Facility
from sojourn.core import hanzi

PAGE = 20


class BareSerializer(serializers.ModelSerializer):
    """The columns of one table that our list tells too, as REST framework writes them by itself."""

    class Meta:
        model = Facility
        fields = ["id", "number", "listed_name", "kind", "address", "operating_beds", "status"]


class BareList(generics.ListAPIView):
    """Twenty rows in the order of their keys."""

    queryset = Facility.objects.order_by("pk")[:PAGE]
    serializer_class = BareSerializer
    authentication_classes = permission_classes = throttle_classes = ()
    renderer_classes = (JSONRenderer,)
    pagination_class = None
    filter_backends = ()


class LikeSearch(BareList):
    """The search as one writes it first: LIKE for the words, a sum for the budget, an array for the ability."""

    def get_queryset(self):
        asked = self.request.query_params
        rows = Facility.objects.filter(status="open", levels_taken__contains=[asked["level"]])
        for word in asked["q"].split():
            plain = hanzi.normalise(word)
            spelt = Q(name_normal__contains=plain) | Q(pinyin__contains=plain) | Q(initials__contains=plain)
            rows = rows.filter(
                spelt | Q(division__name__contains=word) | Q(division__parent__name__contains=word)
            )
        rows = rows.annotate(monthly=F("bed_fee_fen") + F("care_fee_fen") + F("meal_fee_fen"))
        return rows.filter(monthly__lte=int(asked["budget"]) * 100).order_by("sort_key", "pk")[:PAGE]


urlpatterns = [path("rows/", BareList.as_view()), path("like/", LikeSearch.as_view())]
