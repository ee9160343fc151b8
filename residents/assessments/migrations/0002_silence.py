from django.db import migrations

COUNTERS = ("body", "assessor", "assessment", "review", "recognition")

# Erasing a resident is deleting her key: in the same transaction what this room keeps readable of her goes, in its
# rows and in their history. The triggers that keep a concluded result and a history as they are stand aside for it;
# nobody can call this by hand, and who may delete a key may erase (decision 0021).
SILENCE = """
CREATE FUNCTION assessments_silence() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before text := coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}');
BEGIN
  -- of assessments' history, recognitions' history, reviews' history, and of assessments
  PERFORM set_config('pgtrigger.ignore', '{pgtrigger_append_only_19df1,pgtrigger_append_only_80bbb,pgtrigger_append_only_e0d17,pgtrigger_concluded_stands_33c44}', true);
  DELETE FROM assessments_interest WHERE resident_id = OLD.resident_id;
  UPDATE assessments_review SET grounds_cipher = NULL
    WHERE assessment_id IN (SELECT id FROM assessments_assessment WHERE resident_id = OLD.resident_id);
  UPDATE assessments_reviewevent SET grounds_cipher = NULL
    WHERE assessment_id IN (SELECT id FROM assessments_assessment WHERE resident_id = OLD.resident_id);
  UPDATE assessments_assessment SET
    status = 'erased', level = NULL, findings_cipher = NULL, reason = '', facility_id = NULL, assessed_on = NULL,
    valid_until = NULL, concluded_on = NULL, source = '', paper_reference = ''
    WHERE resident_id = OLD.resident_id;
  UPDATE assessments_assessmentevent SET
    level = NULL, findings_cipher = NULL, reason = '', facility_id = NULL, assessed_on = NULL,
    valid_until = NULL, concluded_on = NULL, source = '', paper_reference = ''
    WHERE resident_id = OLD.resident_id;
  UPDATE assessments_recognition SET
    status = 'erased', level = NULL, from_level = '', from_label = '', source = '', paper_reference = '',
    assessed_on = NULL, valid_until = NULL, crosswalk_id = NULL
    WHERE resident_id = OLD.resident_id;
  UPDATE assessments_recognitionevent SET
    level = NULL, from_level = '', from_label = '', source = '', paper_reference = '',
    assessed_on = NULL, valid_until = NULL, crosswalk_id = NULL
    WHERE resident_id = OLD.resident_id;
  PERFORM set_config('pgtrigger.ignore', before, true);
  RETURN OLD;
END
$$;
REVOKE ALL ON FUNCTION assessments_silence() FROM PUBLIC;
CREATE TRIGGER assessments_silence AFTER DELETE ON registry_residentkey
  FOR EACH ROW EXECUTE FUNCTION assessments_silence();
"""
UNDO = "DROP TRIGGER assessments_silence ON registry_residentkey; DROP FUNCTION assessments_silence();"


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_assessments")]

    operations = [
        *(
            migrations.RunSQL(
                f"CREATE SEQUENCE assessments_{counter}_number AS bigint",
                reverse_sql=f"DROP SEQUENCE assessments_{counter}_number",
            )
            for counter in COUNTERS
        ),
        migrations.RunSQL(SILENCE, reverse_sql=UNDO),
    ]
