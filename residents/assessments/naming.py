"""The prefixes of the room's numbers and the sequences that count them."""

# The kind of holder for whom a program acts (sojourn.accounts.holders).
BODY_HOLDER = "assessment_body"
BODY_PREFIX, BODY_COUNTER = "AB", "assessments_body_number"
ASSESSOR_PREFIX, ASSESSOR_COUNTER = "AR", "assessments_assessor_number"
ASSESSMENT_PREFIX, ASSESSMENT_COUNTER = "AS", "assessments_assessment_number"
REVIEW_PREFIX, REVIEW_COUNTER = "AV", "assessments_review_number"
RECOGNITION_PREFIX, RECOGNITION_COUNTER = "AN", "assessments_recognition_number"
