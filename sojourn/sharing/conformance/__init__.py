"""A simulated member that runs the whole protocol against a node, whoever built it: HTTP and bytes, no database."""
