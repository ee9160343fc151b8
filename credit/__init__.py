"""Complaints, inspections, ratings and listings with due process (信用)."""
