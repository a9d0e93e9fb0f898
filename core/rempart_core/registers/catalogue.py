"""All registers by name, the roster first: that is the order in which they are filled in."""

from rempart_core.registers.contract import Contract
from rempart_core.registers.contracts.access import ACCESS
from rempart_core.registers.contracts.awareness import AWARENESS
from rempart_core.registers.contracts.continuity import CONTINUITY
from rempart_core.registers.contracts.governance import GOVERNANCE
from rempart_core.registers.contracts.privacy import PRIVACY
from rempart_core.registers.contracts.roster import ROSTER

CONTRACTS: dict[str, Contract] = {
    one.name: one for theme in (ROSTER, GOVERNANCE, AWARENESS, ACCESS, CONTINUITY, PRIVACY) for one in theme
}
