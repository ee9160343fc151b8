"""Rows for tests, one factory a model."""
