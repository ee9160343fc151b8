"""Demonstration bases: which facility a member designated, under which scheme and in which batch."""
