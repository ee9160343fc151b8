"""Operators, their facilities and the facts that each facility reported."""
