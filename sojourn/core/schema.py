"""Migrations that make many tables in one go."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

# What a table that is made in the same go has already: it is made as it stands at the end.
PARTS = (AddField, AddIndex, AddConstraint)
GROUPED = (CreateModel, *PARTS, AddTrigger, RemoveTrigger)


class Migration(migrations.Migration):
    """A migration whose additions that follow one another are made at once, in a fraction of the time (decision 0041)."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.operations = list(_in_goes(cls.operations))


def _in_goes(operations: Iterable[Operation]) -> Iterator[Operation]:
    for grouped, run in groupby(operations, lambda operation: isinstance(operation, GROUPED)):
        if grouped:
            yield AtOnce(list(run))
        else:
            yield from run


class AtOnce(Operation):
    """What the operations add, tables or what hangs on them, stands in the database as the state at the end has it."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state holds what every operation adds; only the models that are new or changed are drawn."""
        drawn = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if drawn is None:
            return
        state.__dict__["apps"] = drawn
        drawn.render_multiple([state.models[app_label, name] for name in self._made()])
        state.reload_models([(app_label, part.model_name_lower) for part in self._parts_of_older()])

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Tables and what hangs on them are made, each as the end state has it."""
        for operation in self._steps():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Everything that was made is gone, the last first."""
        for operation in reversed(self._steps()):
            # What was added goes from its table as it stands; only a trigger taken away was known before.
            after = to_state if isinstance(operation, RemoveTrigger) else from_state
            operation.database_backwards(app_label, schema_editor, from_state, after)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)

    def _steps(self) -> list[Operation]:
        """The operations but those that a table has in itself when it is made."""
        made = self._made()
        return [
            step
            for step in self.operations
            if not isinstance(step, PARTS) or step.model_name_lower not in made
        ]

    def _made(self) -> dict[str, CreateModel]:
        return {step.name_lower: step for step in self.operations if isinstance(step, CreateModel)}

    def _parts_of_older(self) -> list[AddField | AddIndex | AddConstraint]:
        return [step for step in self._steps() if isinstance(step, PARTS)]
