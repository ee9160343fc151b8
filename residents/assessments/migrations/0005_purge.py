from django.db import migrations

# What 0002 silences of a resident, of one result alone: where an approved report of two officers lists it and no legal
# hold keeps it. The role that serves may call it and purges nothing by it that was not approved (decision 0061).
PURGE = """
CREATE FUNCTION assessments_purge(purged uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before text := coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}');
BEGIN
  IF NOT EXISTS (
    SELECT FROM registry_purgeline AS line JOIN registry_purgereport AS report ON report.id = line.report_id
    WHERE line."row" = purged AND line.kind IN ('assessment', 'recognition')
      AND line.outcome = '' AND report.status = 'approved'
      AND NOT EXISTS (SELECT FROM registry_legalhold AS hold
        WHERE hold.resident_id = line.resident_id AND hold.lifted_at IS NULL)
  ) THEN
    RETURN false;
  END IF;
  -- of assessments' history, recognitions' history, reviews' history, and of assessments
  PERFORM set_config('pgtrigger.ignore', '{pgtrigger_append_only_19df1,pgtrigger_append_only_80bbb,pgtrigger_append_only_e0d17,pgtrigger_concluded_stands_33c44}', true);
  UPDATE assessments_review SET grounds_cipher = NULL WHERE assessment_id = purged;
  UPDATE assessments_reviewevent SET grounds_cipher = NULL WHERE assessment_id = purged;
  UPDATE assessments_assessment SET
    status = 'erased', level = NULL, findings_cipher = NULL, reason = '', facility_id = NULL, assessed_on = NULL,
    valid_until = NULL, concluded_on = NULL, source = '', paper_reference = ''
    WHERE id = purged;
  UPDATE assessments_assessmentevent SET
    level = NULL, findings_cipher = NULL, reason = '', facility_id = NULL, assessed_on = NULL,
    valid_until = NULL, concluded_on = NULL, source = '', paper_reference = ''
    WHERE pgh_obj_id = purged;
  UPDATE assessments_recognition SET
    status = 'erased', level = NULL, from_level = '', from_label = '', source = '', paper_reference = '',
    assessed_on = NULL, valid_until = NULL, crosswalk_id = NULL
    WHERE id = purged;
  UPDATE assessments_recognitionevent SET
    level = NULL, from_level = '', from_label = '', source = '', paper_reference = '',
    assessed_on = NULL, valid_until = NULL, crosswalk_id = NULL
    WHERE pgh_obj_id = purged;
  PERFORM set_config('pgtrigger.ignore', before, true);
  RETURN true;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_household_moves"), ("registry", "0012_retention")]

    operations = [migrations.RunSQL(PURGE, reverse_sql="DROP FUNCTION assessments_purge(uuid)")]
