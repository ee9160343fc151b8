import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from sojourn.core import schema

# As in 0008, with her telephones found by several.
SILENCE_HISTORY = """
CREATE OR REPLACE FUNCTION registry_silence_history(erased uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before text := coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}');
  silenced bigint;
BEGIN
  PERFORM set_config('pgtrigger.ignore', '{pgtrigger_append_only_7b29c}', true);
  UPDATE registry_residentevent AS event SET
    name = '', name_normal = '', pinyin = '', initials = '', sort_key = '',
    sex = NULL, birth_on = NULL, died_on = NULL, moved_out_on = NULL, home_division_id = resident.owner,
    identity_cipher = NULL, identity_index = NULL, phone_cipher = NULL, phone_indexes = NULL,
    contact_name_cipher = NULL, contact_phone_cipher = NULL,
    dialect = NULL, diets = NULL, mobility = NULL, benefit_category = NULL, whereabouts_protected = false
  FROM registry_resident AS resident
  WHERE event.pgh_obj_id = erased AND resident.id = erased AND resident.status = 'erased'
    AND NOT EXISTS (SELECT FROM registry_residentkey WHERE resident_id = erased);
  GET DIAGNOSTICS silenced = ROW_COUNT;
  PERFORM set_config('pgtrigger.ignore', before, true);
  RETURN silenced;
END
$$
"""
BEFORE = SILENCE_HISTORY.replace("phone_indexes", "phone_index")
# In place, so that neither version nor history says that anything was changed: the one number is the first of a list.
# No key is needed: a text of one telephone is written as before.
SEVERAL = """
ALTER TABLE {table} RENAME COLUMN phone_index TO phone_indexes;
ALTER TABLE {table} ALTER COLUMN phone_indexes TYPE bytea[]
    USING CASE WHEN phone_indexes IS NOT NULL THEN ARRAY[phone_indexes] END;
"""
ONE = """
ALTER TABLE {table} ALTER COLUMN phone_indexes TYPE bytea USING phone_indexes[1];
ALTER TABLE {table} RENAME COLUMN phone_indexes TO phone_index;
"""


def several(model: str):
    """The column of this model holds a list, that of one for whoever has one."""
    found = django.contrib.postgres.fields.ArrayField(
        base_field=models.BinaryField(max_length=32),
        editable=False,
        null=True,
        size=None,
        verbose_name="本人电话（盲索引）",
    )
    table = f"registry_{model}"
    return migrations.RunSQL(
        SEVERAL.format(table=table),
        reverse_sql=ONE.format(table=table),
        state_operations=[
            migrations.RenameField(model_name=model, old_name="phone_index", new_name="phone_indexes"),
            migrations.AlterField(model_name=model, name="phone_indexes", field=found),
        ],
    )


class Migration(schema.Migration):
    dependencies = [
        ("provinces", "0002_season_months"),
        ("registry", "0012_retention"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="resident",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="resident",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="resident",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="resident",
            name="resident_phone_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="resident",
            name="resident_is_known_or_erased",
        ),
        migrations.RemoveIndex(
            model_name="resident",
            name="resident_by_phone",
        ),
        several("resident"),
        several("residentevent"),
        migrations.RunSQL(SILENCE_HISTORY, reverse_sql=BEFORE),
        migrations.AddIndex(
            model_name="resident",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["phone_indexes"], name="resident_by_phone"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "merged_into_id", "mobility", "moved_out_on", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_indexes", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (NEW."benefit_category", NEW."birth_on", NEW."changed_at", NEW."contact_name_cipher", NEW."contact_phone_cipher", NEW."dialect", NEW."died_on", NEW."diets", NEW."epoch", NEW."home_division_id", NEW."id", NEW."identity_cipher", NEW."identity_index", NEW."initials", NEW."is_sample", NEW."merged_into_id", NEW."mobility", NEW."moved_out_on", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'insert\', NEW."id", NEW."phone_cipher", NEW."phone_indexes", NEW."pinyin", NEW."sex", NEW."sort_key", NEW."status", NEW."version", NEW."whereabouts_protected"); RETURN NULL;',
                    hash="6db558655c3a8952993d8c260630eccfc7c6c9ac",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eef60",
                    table="registry_resident",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on' AND (OLD.* IS DISTINCT FROM NEW.*))",
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "merged_into_id", "mobility", "moved_out_on", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_indexes", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (NEW."benefit_category", NEW."birth_on", NEW."changed_at", NEW."contact_name_cipher", NEW."contact_phone_cipher", NEW."dialect", NEW."died_on", NEW."diets", NEW."epoch", NEW."home_division_id", NEW."id", NEW."identity_cipher", NEW."identity_index", NEW."initials", NEW."is_sample", NEW."merged_into_id", NEW."mobility", NEW."moved_out_on", NEW."name", NEW."name_normal", NEW."number", NEW."owner", NOW(), \'update\', NEW."id", NEW."phone_cipher", NEW."phone_indexes", NEW."pinyin", NEW."sex", NEW."sort_key", NEW."status", NEW."version", NEW."whereabouts_protected"); RETURN NULL;',
                    hash="499a8bb952599b9be068c2edb2c4c69ff67c9395",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3253d",
                    table="registry_resident",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resident",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_setting('sojourn.applying', true) IS DISTINCT FROM 'on')",
                    func='INSERT INTO "registry_residentevent" ("benefit_category", "birth_on", "changed_at", "contact_name_cipher", "contact_phone_cipher", "dialect", "died_on", "diets", "epoch", "home_division_id", "id", "identity_cipher", "identity_index", "initials", "is_sample", "merged_into_id", "mobility", "moved_out_on", "name", "name_normal", "number", "owner", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_cipher", "phone_indexes", "pinyin", "sex", "sort_key", "status", "version", "whereabouts_protected") VALUES (OLD."benefit_category", OLD."birth_on", OLD."changed_at", OLD."contact_name_cipher", OLD."contact_phone_cipher", OLD."dialect", OLD."died_on", OLD."diets", OLD."epoch", OLD."home_division_id", OLD."id", OLD."identity_cipher", OLD."identity_index", OLD."initials", OLD."is_sample", OLD."merged_into_id", OLD."mobility", OLD."moved_out_on", OLD."name", OLD."name_normal", OLD."number", OLD."owner", NOW(), \'delete\', OLD."id", OLD."phone_cipher", OLD."phone_indexes", OLD."pinyin", OLD."sex", OLD."sort_key", OLD."status", OLD."version", OLD."whereabouts_protected"); RETURN NULL;',
                    hash="5ed3077e5c7926c806346e76390ca43b80c8c24a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ea270",
                    table="registry_resident",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("phone_cipher__isnull", True), ("phone_indexes__isnull", True)),
                    models.Q(("phone_cipher__isnull", False), ("phone_indexes__isnull", False)),
                    _connector="OR",
                ),
                name="resident_phone_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("phone_indexes__isnull", True), ("phone_indexes__len__range", (1, 3)), _connector="OR"
                ),
                name="resident_phones_are_few",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "erased"),
                        ("name", ""),
                        ("name_normal", ""),
                        ("pinyin", ""),
                        ("initials", ""),
                        ("sort_key", ""),
                        ("sex__isnull", True),
                        ("birth_on__isnull", True),
                        ("died_on__isnull", True),
                        ("moved_out_on__isnull", True),
                        ("dialect__isnull", True),
                        ("diets__isnull", True),
                        ("mobility__isnull", True),
                        ("benefit_category__isnull", True),
                        ("identity_cipher__isnull", True),
                        ("identity_index__isnull", True),
                        ("phone_cipher__isnull", True),
                        ("phone_indexes__isnull", True),
                        ("contact_name_cipher__isnull", True),
                        ("contact_phone_cipher__isnull", True),
                    ),
                    models.Q(
                        models.Q(("status", "erased"), _negated=True),
                        models.Q(("name", ""), _negated=True),
                        ("birth_on__isnull", False),
                        ("sex__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="resident_is_known_or_erased",
            ),
        ),
    ]
