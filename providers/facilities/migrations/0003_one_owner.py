import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from sojourn.core import schema


class Migration(schema.Migration):
    dependencies = [
        ("core", "0002_hosted_members"),
        ("facilities", "0002_facility_grade"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="facility",
            name="first_version",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="facility",
            name="next_version",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="facility",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="facility",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="facility",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="operator",
            name="first_version",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="operator",
            name="next_version",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="operator",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="operator",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="operator",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="facility",
            name="epoch",
            field=models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
        ),
        migrations.AddField(
            model_name="facilityevent",
            name="epoch",
            field=models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
        ),
        migrations.AddField(
            model_name="operator",
            name="epoch",
            field=models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
        ),
        migrations.AddField(
            model_name="operatorevent",
            name="epoch",
            field=models.BigIntegerField(db_default=1, default=1, editable=False, verbose_name="纪元"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="c59f6a12c3bd43c39509715e0f8cb0fa2fe80875",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_666fc",
                    table="facilities_facility",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND OLD.* IS DISTINCT FROM NEW.*)",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="2020b4dee5fe896037c297086fbf00623be09a20",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_f10cd",
                    table="facilities_facility",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="own_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; RETURN OLD;",
                    hash="d44146ff7d97ef10ad4f07e716d4fdc63b0e1f51",
                    operation="DELETE",
                    pgid="pgtrigger_own_only_71955",
                    table="facilities_facility",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "facilities_facilityevent" ("address", "bed_fee_fen", "beds_as_of", "care_fee_fen", "changed_at", "contracted_hospital", "deposit_fen", "diets", "division_id", "epoch", "features_reported_at", "filed_beds", "filing_number", "filing_state", "grade", "graded_on", "graded_until", "hospital_km", "id", "initials", "is_sample", "kind", "languages", "lat", "levels_taken", "listed_name", "lng", "meal_fee_fen", "medical_as_of", "medical_care", "name_normal", "number", "nursing_beds", "operating_beds", "operator_id", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_seed", "pinyin", "place_precision", "prices_as_of", "shortest_stay_nights", "sort_key", "standing", "status", "telephone", "telephone_hours", "version") VALUES (NEW."address", NEW."bed_fee_fen", NEW."beds_as_of", NEW."care_fee_fen", NEW."changed_at", NEW."contracted_hospital", NEW."deposit_fen", NEW."diets", NEW."division_id", NEW."epoch", NEW."features_reported_at", NEW."filed_beds", NEW."filing_number", NEW."filing_state", NEW."grade", NEW."graded_on", NEW."graded_until", NEW."hospital_km", NEW."id", NEW."initials", NEW."is_sample", NEW."kind", NEW."languages", NEW."lat", NEW."levels_taken", NEW."listed_name", NEW."lng", NEW."meal_fee_fen", NEW."medical_as_of", NEW."medical_care", NEW."name_normal", NEW."number", NEW."nursing_beds", NEW."operating_beds", NEW."operator_id", NEW."owner", NOW(), \'insert\', NEW."id", NEW."picture_seed", NEW."pinyin", NEW."place_precision", NEW."prices_as_of", NEW."shortest_stay_nights", NEW."sort_key", NEW."standing", NEW."status", NEW."telephone", NEW."telephone_hours", NEW."version"); RETURN NULL;',
                    hash="f47f0b8dc13f59891827c94c61ea803d1b1b7ee2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cccf6",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND (OLD.* IS DISTINCT FROM NEW.*))",
                    func='INSERT INTO "facilities_facilityevent" ("address", "bed_fee_fen", "beds_as_of", "care_fee_fen", "changed_at", "contracted_hospital", "deposit_fen", "diets", "division_id", "epoch", "features_reported_at", "filed_beds", "filing_number", "filing_state", "grade", "graded_on", "graded_until", "hospital_km", "id", "initials", "is_sample", "kind", "languages", "lat", "levels_taken", "listed_name", "lng", "meal_fee_fen", "medical_as_of", "medical_care", "name_normal", "number", "nursing_beds", "operating_beds", "operator_id", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_seed", "pinyin", "place_precision", "prices_as_of", "shortest_stay_nights", "sort_key", "standing", "status", "telephone", "telephone_hours", "version") VALUES (NEW."address", NEW."bed_fee_fen", NEW."beds_as_of", NEW."care_fee_fen", NEW."changed_at", NEW."contracted_hospital", NEW."deposit_fen", NEW."diets", NEW."division_id", NEW."epoch", NEW."features_reported_at", NEW."filed_beds", NEW."filing_number", NEW."filing_state", NEW."grade", NEW."graded_on", NEW."graded_until", NEW."hospital_km", NEW."id", NEW."initials", NEW."is_sample", NEW."kind", NEW."languages", NEW."lat", NEW."levels_taken", NEW."listed_name", NEW."lng", NEW."meal_fee_fen", NEW."medical_as_of", NEW."medical_care", NEW."name_normal", NEW."number", NEW."nursing_beds", NEW."operating_beds", NEW."operator_id", NEW."owner", NOW(), \'update\', NEW."id", NEW."picture_seed", NEW."pinyin", NEW."place_precision", NEW."prices_as_of", NEW."shortest_stay_nights", NEW."sort_key", NEW."standing", NEW."status", NEW."telephone", NEW."telephone_hours", NEW."version"); RETURN NULL;',
                    hash="7f314e7d88bd0323fd698eae41a66eaa9d3e05f8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0d9d6",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "facilities_facilityevent" ("address", "bed_fee_fen", "beds_as_of", "care_fee_fen", "changed_at", "contracted_hospital", "deposit_fen", "diets", "division_id", "epoch", "features_reported_at", "filed_beds", "filing_number", "filing_state", "grade", "graded_on", "graded_until", "hospital_km", "id", "initials", "is_sample", "kind", "languages", "lat", "levels_taken", "listed_name", "lng", "meal_fee_fen", "medical_as_of", "medical_care", "name_normal", "number", "nursing_beds", "operating_beds", "operator_id", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_seed", "pinyin", "place_precision", "prices_as_of", "shortest_stay_nights", "sort_key", "standing", "status", "telephone", "telephone_hours", "version") VALUES (OLD."address", OLD."bed_fee_fen", OLD."beds_as_of", OLD."care_fee_fen", OLD."changed_at", OLD."contracted_hospital", OLD."deposit_fen", OLD."diets", OLD."division_id", OLD."epoch", OLD."features_reported_at", OLD."filed_beds", OLD."filing_number", OLD."filing_state", OLD."grade", OLD."graded_on", OLD."graded_until", OLD."hospital_km", OLD."id", OLD."initials", OLD."is_sample", OLD."kind", OLD."languages", OLD."lat", OLD."levels_taken", OLD."listed_name", OLD."lng", OLD."meal_fee_fen", OLD."medical_as_of", OLD."medical_care", OLD."name_normal", OLD."number", OLD."nursing_beds", OLD."operating_beds", OLD."operator_id", OLD."owner", NOW(), \'delete\', OLD."id", OLD."picture_seed", OLD."pinyin", OLD."place_precision", OLD."prices_as_of", OLD."shortest_stay_nights", OLD."sort_key", OLD."standing", OLD."status", OLD."telephone", OLD."telephone_hours", OLD."version"); RETURN NULL;',
                    hash="9ffde65829bdaaab1e3b4370813275aa476d9680",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1f9a9",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="first_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="d152bea17dcf0eb3942f80e48dcf7f44281ab600",
                    operation="INSERT",
                    pgid="pgtrigger_first_version_2cdc2",
                    table="facilities_operator",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="next_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND OLD.* IS DISTINCT FROM NEW.*)",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = NEW.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, NEW.owner USING ERRCODE = 'SJ001', DETAIL = NEW.owner, TABLE = TG_TABLE_NAME; END IF; NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;",
                    hash="a64ec0fbe2fc4c6e67a46b52fb3a641331ad324d",
                    operation="UPDATE",
                    pgid="pgtrigger_next_version_1ba98",
                    table="facilities_operator",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="own_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func="IF NOT EXISTS (SELECT FROM core_hostedmember WHERE member = OLD.owner) THEN RAISE EXCEPTION '% of % is written by another node', TG_TABLE_NAME, OLD.owner USING ERRCODE = 'SJ001', DETAIL = OLD.owner, TABLE = TG_TABLE_NAME; END IF; RETURN OLD;",
                    hash="a8b7af2e916754faa6b173d717820495432e09ed",
                    operation="DELETE",
                    pgid="pgtrigger_own_only_d9576",
                    table="facilities_operator",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "facilities_operatorevent" ("changed_at", "credit_code", "division_id", "epoch", "id", "initials", "is_sample", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "registration_type", "sort_key", "standing", "version") VALUES (NEW."changed_at", NEW."credit_code", NEW."division_id", NEW."epoch", NEW."id", NEW."initials", NEW."is_sample", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'insert\', NEW."id", NEW."pinyin", NEW."registration_type", NEW."sort_key", NEW."standing", NEW."version"); RETURN NULL;',
                    hash="f41301d710c37ce8fb108f0b54f95c5722254d6d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f81bc",
                    table="facilities_operator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND (OLD.* IS DISTINCT FROM NEW.*))",
                    func='INSERT INTO "facilities_operatorevent" ("changed_at", "credit_code", "division_id", "epoch", "id", "initials", "is_sample", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "registration_type", "sort_key", "standing", "version") VALUES (NEW."changed_at", NEW."credit_code", NEW."division_id", NEW."epoch", NEW."id", NEW."initials", NEW."is_sample", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'update\', NEW."id", NEW."pinyin", NEW."registration_type", NEW."sort_key", NEW."standing", NEW."version"); RETURN NULL;',
                    hash="ced02a8f00855ed355029cd2929e5a3a8cecc6bd",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bd172",
                    table="facilities_operator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operator",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "facilities_operatorevent" ("changed_at", "credit_code", "division_id", "epoch", "id", "initials", "is_sample", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "registration_type", "sort_key", "standing", "version") VALUES (OLD."changed_at", OLD."credit_code", OLD."division_id", OLD."epoch", OLD."id", OLD."initials", OLD."is_sample", OLD."name", OLD."name_normal", OLD."number", OLD."owner", NOW(), \'delete\', OLD."id", OLD."pinyin", OLD."registration_type", OLD."sort_key", OLD."standing", OLD."version"); RETURN NULL;',
                    hash="96f4a4d06b9327120d58c148fba461b04962ff6d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a1fa7",
                    table="facilities_operator",
                    when="AFTER",
                ),
            ),
        ),
    ]
