"""A model of three nodes: random writes, random steps, faults, and what must hold when they are over."""
