"""One assessment laid out on its scale: what is answered, what is still open, and what it comes to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from residents.assessments.findings import Findings
from residents.assessments.scales import CircumstanceKind, Dimension, Item, Scale
from residents.assessments.scoring import Result, to_be_settled
from residents.assessments.wording import in_words


@dataclass(frozen=True)
class Sheet:
    """A scale and what was found on it; nothing that was found stands in the repr."""

    scale: Scale
    findings: Findings = field(repr=False)

    @property
    def filled(self) -> int:
        """How many items are answered."""
        return self.findings.filled(self.scale)

    @property
    def items(self) -> int:
        return len(self.scale.items)

    @property
    def open_points(self) -> list[dict]:
        """What keeps it from its result: field, code and a sentence each, in the order of the scale."""
        return to_be_settled(self.scale, self.findings.answers, self.findings.circumstances)

    @property
    def result(self) -> Result | None:
        return None if self.open_points else self.findings.scored(self.scale)

    @property
    def reasons(self) -> list[str]:
        """Why the level is what it is, a sentence each."""
        return in_words(self.scale, self.result) if self.result is not None else []

    @property
    def sums(self) -> list[tuple[Dimension, int]]:
        """Points by dimension, where the result is known."""
        result = self.result
        return [] if result is None else [(part, result.sums[part.code]) for part in self.scale.dimensions]

    def answered(self) -> Iterator[tuple[Dimension, list[tuple[Item, str, int | None]]]]:
        """Every item by dimension with the label and the score of its answer."""
        for part in self.scale.dimensions:
            yield part, [(item, *self._answer(item)) for item in part.items]

    def circumstances(self) -> Iterator[tuple[str, bool | int | None, bool]]:
        """Every circumstance with what was said of it, and whether that is a yes or a no."""
        for fact in self.scale.circumstances:
            yield (
                fact.label,
                self.findings.circumstances.get(fact.code),
                fact.kind == CircumstanceKind.YES_NO,
            )

    def _answer(self, item: Item) -> tuple[str, int | None]:
        score = self.findings.answers.get(item.code)
        return next((option.label for option in item.options if option.score == score), ""), score
