"""The elderly residents: registry, assessments, consents, wishes, benefits and the time bank."""
