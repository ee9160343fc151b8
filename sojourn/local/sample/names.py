"""Invented names: brands that nobody carries, and what is called after them.

A brand is an old word for a landscape and a bird. The pairs form no word and were chosen because they
are not known as anybody's name; a sample body is marked as sample wherever it is shown all the same.
"""

from providers.facilities.states import FacilityKind, RegistrationType

_LANDSCAPES = "汀渚沚湄浔岫岚峤棠榆槭桦梓楸芷蘅荻葭萱苕溆漪泠澜"
_BIRDS = "鹭鸥鹂莺鹬鸻鹛鸲"

BRANDS = tuple(landscape + bird for landscape in _LANDSCAPES for bird in _BIRDS)
# Where a member has more operators than there are pairs: a second landscape before the pair.
MORE_BRANDS = tuple(before + brand for before in _LANDSCAPES for brand in BRANDS if before not in brand)

FACILITY_ENDINGS = {
    FacilityKind.CARE_HOME: ("颐养院", "养老院", "颐养中心"),
    FacilityKind.NURSING_HOME: ("护理院", "康养护理院"),
    FacilityKind.APARTMENT: ("养老公寓", "长者公寓"),
    FacilityKind.WELFARE_INSTITUTION: ("社会福利院",),
    FacilityKind.SERVICE_CENTRE: ("养老服务中心", "综合养老服务中心"),
    FacilityKind.OTHER: ("候鸟旅居院",),
    None: ("康养园", "颐养苑"),
}

OPERATOR_ENDINGS = {
    RegistrationType.PUBLIC: "养老事业发展中心",
    RegistrationType.PUBLIC_BUILT_PRIVATE_RUN: "养老运营有限公司",
    RegistrationType.NON_PROFIT: "养老服务中心",
    RegistrationType.FOR_PROFIT: "养老服务有限公司",
    None: "养老服务社",
}

# Numbers that reach nobody: no area code is 0000, and after the international prefix 00 no country code
# begins with 0 (ITU-T E.164 keeps 0 unassigned), so no exchange can ever route them.
UNREACHABLE_AREA_CODE = "0000"


def telephone(serial: int) -> str:
    return f"{UNREACHABLE_AREA_CODE}-{serial:07d}"
