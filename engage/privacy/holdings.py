"""Every place where something about a person is kept: one list for export, erasure and joining.

A test compares it with the tables, so that a new column with a person in it cannot be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

from engage.accounts.models import DataRead, Erasure, MailLink, Pass, Person
from engage.activities.models import (
    Activity,
    CalendarFeed,
    Favourite,
    ImportFile,
    Registration,
)
from engage.acts.models import OfficeAct
from engage.attendance.models import Attendance, HoursClaim, MissingPoints, Review, Scan
from engage.devices.models import Device
from engage.mail.models import Letter
from engage.office.models import Adjustment, Joining
from engage.organisations.models import Member, Organisation
from engage.partners.models import Partner, PartnerMember
from engage.policies.models import PolicyVersion
from engage.rewards.models import (
    Redemption,
    RedemptionAttempt,
    Reward,
    RewardFavourite,
    StockChange,
    VoucherCode,
)
from engage.settlement.models import Reimbursement, Statement
from engage.storage.base import Model


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of a table that are about the person in ``person``.

    name:    of its file in the export.
    hidden:  columns that no export shows: secrets, hashes, and other people.
    emptied: free text that goes with an erasure, although the row stays.
    removed: the whole row goes with an erasure.
    moves:   the row changes its person when two accounts are joined.
    """

    name: str
    model: type[Model]
    person: str = "person_id"
    hidden: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    removed: bool = False
    moves: bool = True


HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "passes",
        Pass,
        hidden=("secret", "secret_hash", "claim_hash", "pin_hash", "created_by"),
        moves=False,
    ),
    Holding("registrations", Registration, moves=False),
    Holding("favourites", Favourite, removed=True, moves=False),
    Holding("calendar", CalendarFeed, hidden=("token_hash", "secret"), removed=True, moves=False),
    Holding("imports", ImportFile, hidden=("content",), emptied=("name",)),
    Holding(
        "attendances",
        Attendance,
        hidden=("device_id", "actor_id", "annulled_by"),
        emptied=("note", "annulled_because"),
    ),
    Holding("scans", Scan, hidden=("caller_id", "nonce", "subject")),
    Holding("reviews", Review, hidden=("decided_by",), emptied=("answer", "objection")),
    Holding(
        "hours_claims",
        HoursClaim,
        hidden=("decided_by",),
        emptied=("what", "answer", "annulled_because"),
    ),
    Holding(
        "missing_points",
        MissingPoints,
        hidden=("decided_by",),
        emptied=("what", "answer"),
        moves=False,
    ),
    Holding(
        "redemptions",
        Redemption,
        hidden=("code_hash", "code_sealed", "device_id", "actor_id"),
    ),
    Holding("reward_favourites", RewardFavourite, hidden=("in_reach",), removed=True, moves=False),
    Holding(
        "reservation_attempts",
        RedemptionAttempt,
        person="caller_id",
        hidden=("nonce", "subject"),
    ),
    Holding("adjustments", Adjustment, hidden=("proposed_by", "decided_by"), emptied=("reason",)),
    Holding(
        "joinings",
        Joining,
        "kept_id",
        hidden=("proposed_by", "decided_by"),
        emptied=("reason",),
        moves=False,
    ),
    Holding("office_acts", OfficeAct, "subject_id", ("actor_id", "facts"), ("reason",)),
    Holding("organisations", Member, moves=False),
    Holding("partners", PartnerMember, moves=False),
    Holding("mails", Letter, removed=True, moves=False),
    Holding("mail_links", MailLink, hidden=("token_hash",), removed=True, moves=False),
    Holding("reads", DataRead, hidden=("actor_id",)),
)

#: Columns that only say who did something for the city: they keep the bare account number.
ACTORS: tuple[tuple[type[Model], str], ...] = (
    (Activity, "created_by"),
    (Adjustment, "proposed_by"),
    (Adjustment, "decided_by"),
    (Attendance, "actor_id"),
    (Attendance, "annulled_by"),
    (DataRead, "actor_id"),
    (Device, "created_by"),
    (HoursClaim, "decided_by"),
    (Joining, "proposed_by"),
    (Joining, "decided_by"),
    (MissingPoints, "decided_by"),
    (OfficeAct, "actor_id"),
    (Organisation, "applied_by"),
    (Organisation, "decided_by"),
    (Partner, "applied_by"),
    (Partner, "decided_by"),
    (Pass, "created_by"),
    (PolicyVersion, "created_by"),
    (Redemption, "actor_id"),
    (Review, "decided_by"),
    (Reward, "created_by"),
    (Reward, "submitted_by"),
    (Reward, "decided_by"),
    (Scan, "caller_id"),
    (Reimbursement, "agreed_by"),
    (Statement, "closed_by"),
    (Statement, "paid_by"),
    (StockChange, "actor_id"),
    (VoucherCode, "imported_by"),
)

#: What is not a holding of its own: the person, where a joined account went, and who was erased.
ELSEWHERE: tuple[tuple[type[Model], str], ...] = (
    (Person, "merged_into_id"),
    (Joining, "joined_id"),
    (Erasure, "person_id"),
)

#: Secrets of the account itself, in no export.
SECRETS = ("password_hash", "totp_secret", "totp_last_step", "recovery_hashes", "session_epoch")
