from datetime import date

from providers.designation.published import first_guangdong_list, reported_counts


def test_the_first_list_of_guangdong_is_verbatim_and_in_order():
    listed = first_guangdong_list()

    assert [(base.entry.listed_number, base.city_code, base.entry.listed_name) for base in listed.bases] == [
        (1, "440100", "广东颐寿医疗养老有限公司广州麓湖家长荟分院"),
        (2, "440100", "保利养老产业投资管理有限公司广州天悦和熹会颐养中心"),
        (3, "440100", "保利养老产业投资管理有限公司广州中科和熹会颐养中心"),
        (4, "440300", "深业颐居养老运营(深圳)有限公司"),
        (5, "440300", "深圳市任达爱心护理院"),
        (6, "440600", "樵晋老龄家园"),
        (7, "442000", "中山市广弘颐养院"),
        (8, "440700", "广东银雁健康产业投资发展有限公司(雁鸣湖畔养老养生公寓)"),
        (9, "441300", "惠州市社会福利院"),
        (10, "441300", "惠州市仲恺区社会综合福利服务中心"),
        (11, "445200", "揭阳市聚龙湾护理院"),
    ]
    assert (listed.batch.announced_on, listed.batch.plaques_on) == (date(2021, 11, 15), date(2021, 11, 15))
    assert listed.batch.announced_by == "广东省民政厅"
    assert {base.entry.designated_on for base in listed.bases} == {date(2021, 11, 15)}
    assert (
        {base.entry.plaque_number for base in listed.bases}
        == {base.entry.valid_to for base in listed.bases}
        == {None}
    )


def test_an_operator_is_named_only_where_the_listed_name_itself_says_so():
    operators = {
        base.entry.listed_number: base.operator for base in first_guangdong_list().bases if base.operator
    }

    assert operators == {
        1: "广东颐寿医疗养老有限公司",
        2: "保利养老产业投资管理有限公司",
        3: "保利养老产业投资管理有限公司",
        4: "深业颐居养老运营(深圳)有限公司",
        8: "广东银雁健康产业投资发展有限公司",
    }
    assert all(
        base.entry.listed_name.startswith(base.operator or "") for base in first_guangdong_list().bases
    )


def test_the_scheme_has_its_nine_stages_in_order():
    stages = [stage["name"] for stage in first_guangdong_list().scheme.stages]

    assert stages == [
        "自荐",
        "当地民政部门推荐",
        "评委会初审",
        "实地考察",
        "实地验收",
        "评委会审核组审核",
        "公示",
        "认定",
        "颁发牌匾",
    ]


def test_the_report_counts_66_and_jilin_gave_no_figure():
    counts = {count.member_code: count.bases for count in reported_counts()}

    assert counts == {"440000": 11, "210000": 5, "220000": None, "230000": 5, "360000": 9, "450000": 36}
    assert sum(filter(None, counts.values())) == 66
    assert {(count.period, count.reported_on) for count in reported_counts()} == {
        ("2019–2020", date(2021, 11, 15))
    }
    notes = {count.member_code: count.note for count in reported_counts()}
    assert "2021-11-15" in notes["440000"]
