"""Divisions, members, agreements, dated rules, climate and the working calendar."""
