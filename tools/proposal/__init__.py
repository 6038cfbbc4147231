"""A first `metrics.yaml`, proposed from a look at the data."""

from tools.proposal.inspection import Inspection, inspect_data, inspect_workbook
from tools.proposal.roles import Roles, propose_roles
from tools.proposal.writing import Draft, write_proposal

__all__ = [
    "Draft",
    "Inspection",
    "Roles",
    "inspect_data",
    "inspect_workbook",
    "propose_roles",
    "write_proposal",
]
