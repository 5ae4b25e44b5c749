"""Every table there is, for migrations and tests."""

from __future__ import annotations

from engage.accounts import models as accounts
from engage.activities import models as activities
from engage.acts import models as acts
from engage.attendance import models as attendance
from engage.devices import models as devices
from engage.ledger import models as ledger
from engage.mail import models as mail
from engage.office import models as office
from engage.organisations import models as organisations
from engage.partners import models as partners
from engage.policies import models as policies
from engage.reports import models as reports
from engage.rewards import models as rewards
from engage.settlement import models as settlement
from engage.storage.base import Model

__all__ = [
    "accounts",
    "activities",
    "acts",
    "attendance",
    "devices",
    "ledger",
    "mail",
    "metadata",
    "office",
    "organisations",
    "partners",
    "policies",
    "reports",
    "rewards",
    "settlement",
]

metadata = Model.metadata
