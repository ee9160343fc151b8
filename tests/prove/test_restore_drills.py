"""The restore drills pass on a demo of their own, and fail where the vault was put back with the database."""

import shutil
from collections.abc import Iterator

import pytest

from sojourn.local.drills import ConsumerDrill, Drill, ProducerDrill
from sojourn.local.errors import Trouble
from sojourn.local.paths import Local
from tests.prove.report import report
from tests.prove.two_nodes import Demo, running_demo, seconds_from

pytestmark = pytest.mark.prove

PATIENCE = seconds_from("SOJOURN_DRILL_PATIENCE", 240)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo() as demo:
        yield demo


class ForgetfulDrill(ProducerDrill):
    """A producer whose vault is put back together with its database, against the rules."""

    def run(self) -> None:
        copy = self.copy()
        told = self.write_at(self.restored, "after the backup")
        self.wait("the changes are at the other node", lambda: self.says(self.other, told))
        self.restart_on(copy)
        self.write_at(self.restored, "after the restore")
        self.wait("the changes are sealed", lambda: not self.restored.unsealed())
        self.conclude()

    def copy(self) -> Local:
        copied = super().copy()
        shutil.copytree(self.node.vault, copied.var / "vault")
        return copied

    def put_back(self, copy: Local) -> None:
        shutil.rmtree(self.node.vault)
        shutil.move(copy.var / "vault", self.node.vault)
        super().put_back(copy)


def drilled(demo: Demo, kind: type[Drill], name: str, *, patience: float = PATIENCE) -> list[str]:
    """The log of a drill with a node's database."""
    log: list[str] = []
    (other,) = set(demo.nodes) - {name}
    kind(demo.nodes[name], demo.nodes[other], log.append, patience=patience).run()
    assert any("verify_trail" in line for line in log)
    return log


@pytest.mark.parametrize("name", ["44", "50"])
def test_a_consumer_put_back_follows_again_and_tells_nobody_twice(demo, name):
    log = drilled(demo, ConsumerDrill, name)

    assert any("a second time" in line for line in log)
    report(f"Restore drill, consumer {name}", log)


@pytest.mark.parametrize("name", ["44", "50"])
def test_a_producer_put_back_takes_its_pages_from_its_peer_and_signs_no_number_twice(demo, name):
    log = drilled(demo, ProducerDrill, name)

    assert any("No number was signed twice" in line for line in log)
    assert any("erased in it too" in line for line in log)
    assert any("days are whole" in line for line in log)
    report(f"Restore drill, producer {name}", log)


def test_a_vault_put_back_with_its_database_is_found_out(demo):
    with pytest.raises(Trouble, match="Signed twice"):
        drilled(demo, ForgetfulDrill, "44")
