from tests.desk.ledger.conftest import enrolled, grow, tamper

__all__ = ["enrolled", "grow", "tamper"]
