"""Local services for development and the demo: never part of a production node."""
