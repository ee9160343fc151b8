"""A life cycle as a table: which verb leads from which status to which."""

from collections.abc import Mapping

from sojourn.core.refusals import WrongStatus


class Flow:
    """The moves of one life cycle; buttons, diagrams and refusal tests are derived from it.

    ``moves`` maps (verb, status) to the status that follows; ``labels`` names each verb for people.
    """

    def __init__(self, moves: Mapping, *, labels: Mapping) -> None:
        unnamed = {verb for verb, _ in moves} ^ set(labels)
        if unnamed:
            raise ValueError(f"verbs and labels differ: {sorted(unnamed)}")
        self.moves = dict(moves)
        self.labels = dict(labels)

    def after(self, verb: str, status):
        """The status that follows ``verb``, or WrongStatus where the table has no such move."""
        try:
            return self.moves[verb, status]
        except KeyError:
            raise WrongStatus(status=getattr(status, "label", status), verb=self.labels[verb]) from None

    def sources(self, verb: str) -> set:
        return {status for name, status in self.moves if name == verb}

    def verbs_from(self, status) -> list[str]:
        return [verb for verb in self.labels if (verb, status) in self.moves]

    def mermaid(self) -> str:
        """A state diagram of the table for the documentation."""
        lines = [f"    {status} --> {after}: {verb}" for (verb, status), after in self.moves.items()]
        return "\n".join(["stateDiagram-v2", *lines])
