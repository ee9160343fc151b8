"""Families of residents: who is linked to whom, by what proof, and what they ask of the bureau."""
