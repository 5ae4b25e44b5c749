"""Refusals around rewards and at the till. Codes and statuses: section 5 of the domain."""

from __future__ import annotations

from engage.core.errors.checkin import LimitReached
from engage.core.errors.kinds import (
    REDEMPTION,
    Conflict,
    Gone,
    NotAllowed,
    NotFound,
    RuleBroken,
    TooMany,
)
from engage.core.errors.sentences import N_, NN_, Sentence


class PointsShort(Conflict):
    """``missing_points`` is told to the citizen only, never to the till."""

    code = "points_short"
    message = N_("There are not enough points for this.")
    variants = (
        NN_(
            "You need %(missing_points)s more point for this.",
            "You need %(missing_points)s more points for this.",
            "missing_points",
        ),
    )


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = N_("The last one has just gone. Your points are untouched.")
    variants = (
        Sentence(
            N_("Today's are all gone. Your points are untouched. Again from %(free_again_at)s.")
        ),
    )
    advice = N_("Look at the other rewards.")


class RewardNotStarted(Conflict):
    code = "reward_not_started"
    message = N_("This reward has not started yet.")
    variants = (Sentence(N_("This reward starts: %(starts_at)s.")),)


class RewardEnded(Conflict):
    code = "reward_ended"
    message = N_("This reward has ended.")
    variants = (Sentence(N_("This reward ended: %(ended_at)s.")),)


class OutsideHours(Conflict):
    """A reward that is given on certain days and at certain hours."""

    code = "outside_hours"
    message = N_("This reward is not given at this time.")
    variants = (Sentence(N_("This reward is not given at this time. Next from %(opens_at)s.")),)
    advice = N_("The voucher says on which days and at which hours.")


class VoucherCodesGone(Conflict):
    """The partner's list of own codes is shorter than its stock said."""

    code = "voucher_codes_gone"
    message = N_("The partner has no voucher code left for this. Nothing was booked.")
    advice = N_("The partner can add codes; the voucher stays valid until its time is over.")


class RewardPaused(Conflict):
    code = "reward_paused"
    message = N_("This reward is paused at the moment.")
    advice = N_("Vouchers that are already reserved stay valid.")


class RewardLimitReached(LimitReached):
    code = "limit_reached"
    area = REDEMPTION
    message = N_("You have had this reward as often as it is offered.")
    variants = (Sentence(N_("You can have this reward again from %(free_again_at)s.")),)


class ValueCapReached(Conflict):
    code = "value_cap_reached"
    message = N_("The yearly limit for rewards is reached.")
    advice = N_("Your points stay. Good causes are still open to you.")


class TooManyReservations(Conflict):
    code = "too_many_reservations"
    message = N_("You already have as many open reservations as are possible.")
    variants = (
        NN_(
            "You can have %(most)s open reservation at a time.",
            "You can have %(most)s open reservations at a time.",
            "most",
        ),
    )
    advice = N_("Redeem or cancel one first.")


class AlreadyReserved(Conflict):
    """One open reservation for each reward."""

    code = "already_reserved"
    message = N_("You have already reserved this reward.")
    advice = N_("You find the code among your reservations.")


class AlreadyRedeemed(Conflict):
    code = "already_redeemed"
    message = N_("Already redeemed.")
    variants = (
        Sentence(N_("Already redeemed: %(redeemed_at)s, %(place)s.")),
        Sentence(N_("Already redeemed: %(redeemed_at)s.")),
    )


class Cancelled(Conflict):
    code = "cancelled"
    message = N_("This reservation was cancelled. The points went back.")


class RewardUnderAge(Conflict):
    code = "under_age"
    area = REDEMPTION
    message = N_("This reward is not for people of this age.")
    variants = (Sentence(N_("This reward is for people from the age of %(minimum_age)s.")),)


class PartnerSuspended(Conflict):
    code = "partner_suspended"
    message = N_("This partner is suspended at the moment.")
    advice = N_("Reserved points go back by themselves.")


class PartnerBudget(Conflict):
    code = "partner_budget"
    message = N_("The partner's budget for this period is used up.")
    advice = N_("Your points are untouched. Look at the other rewards.")


class WrongPartner(NotAllowed):
    code = "wrong_partner"
    message = N_("This code belongs to another partner.")
    advice = N_("The voucher says where it is valid.")


class WrongBranch(NotAllowed):
    code = "wrong_branch"
    message = N_("This reward is not given at this branch.")
    advice = N_("The voucher says where it is valid.")


class OwnPartner(NotAllowed):
    code = "own_partner"
    message = N_("Members of a partner do not redeem at that partner.")
    advice = N_("The points can be used at every other partner.")


class PinWrong(NotAllowed):
    code = "pin_wrong"
    message = N_("The PIN is wrong.")
    variants = (
        NN_(
            "The PIN is wrong. %(tries_left)s try left.",
            "The PIN is wrong. %(tries_left)s tries left.",
            "tries_left",
        ),
    )


class PinLocked(TooMany):
    code = "pin_locked"
    message = N_("The PIN is paused.")
    variants = (
        Sentence(
            N_("The PIN was wrong too often. The person needs a new PIN from the office."),
            when=("new_pin_needed",),
        ),
        NN_(
            "The PIN is paused for %(minutes)s minute.",
            "The PIN is paused for %(minutes)s minutes.",
            "minutes",
        ),
    )
    advice = N_("Nothing was booked.")


class NoPin(NotAllowed):
    code = "no_pin"
    message = N_("This card has no PIN.")
    advice = N_("The office sets a PIN for it.")


class CardRevoked(NotAllowed):
    code = "card_revoked"
    message = N_("This card is no longer valid.")
    advice = N_("Ask the person for their new card.")


class CardDeclined(Conflict):
    """What the till sees where the reason is the person's own business."""

    code = "card_declined"
    message = N_("This cannot be given for this card now. Nothing was booked.")
    advice = N_("The person finds the reason in their account or at the office.")


class RedemptionCodeUnknown(NotFound):
    code = "code_unknown"
    area = REDEMPTION
    message = N_("We do not know this code. Nothing was booked.")
    advice = N_("Please compare it with the person's page and try again.")


class RedemptionCodeExpired(Gone):
    code = "code_expired"
    area = REDEMPTION
    message = N_("This code has expired. The points went back.")
    variants = (
        NN_(
            "Not collected: your %(points)s point is back.",
            "Not collected: your %(points)s points are back.",
            "points",
        ),
    )
    advice = N_("The person can reserve the reward again.")


class MailOrCardNeeded(NotAllowed):
    code = "mail_or_card_needed"
    message = N_("Rewards need a confirmed e-mail address or an issued card.")
    advice = N_("Please confirm your address first.")


class AttendanceNeeded(NotAllowed):
    code = "attendance_needed"
    message = N_("Rewards open after the first verified attendance.")
    advice = N_("Two hours are enough to start.")


class ScannedAttendanceNeeded(AttendanceNeeded):
    code = "scanned_attendance_needed"
    message = N_("A welcome reward opens after an attendance that an organiser scanned.")
    advice = N_("Show your pass next time.")


class WelcomeUsed(Conflict):
    code = "welcome_used"
    message = N_("You have already had the welcome reward of this partner.")


class AlreadyExtended(Conflict):
    code = "already_extended"
    message = N_("A reservation can be extended once.")


class AlreadyRefunded(Conflict):
    code = "already_refunded"
    message = N_("This redemption was already undone.")


class NotReserved(Conflict):
    code = "not_reserved"
    message = N_("This reservation is not open any more.")


class NotRedeemed(Conflict):
    code = "not_redeemed"
    message = N_("This was not redeemed, so there is nothing to undo.")


class UndoTooLate(Conflict):
    code = "undo_too_late"
    message = N_("It is too late to undo this here.")
    variants = (Sentence(N_("This could be undone until %(until_at)s.")),)
    advice = N_("Please ask the programme office.")


class DisputeTooLate(Conflict):
    code = "dispute_too_late"
    message = N_("A card redemption can be disputed for 14 days.")


class FrozenReward(Conflict):
    code = "frozen_reward"
    message = N_("This reward has been reserved, so its cost and start stay as they are.")
    variants = (Sentence(N_("This reward has been reserved, so “%(field)s” stays as it is.")),)
    advice = N_("Make a new version of the reward instead.")


class FaceValueReasonNeeded(RuleBroken):
    code = "face_value_reason_needed"
    message = N_("A face value of 0 needs a reason.")


class AttemptRefused(Conflict):
    """A refused attempt stays refused under its id, whatever has changed since."""

    code = "attempt_refused"
    message = N_("This attempt was refused and stays so.")
    advice = N_("Please start again.")


class HoursUnclear(RuleBroken):
    """``part`` is what nobody could read."""

    code = "hours_unclear"
    message = N_("Please write days and times such as: Mo-Fr 9-18, Sa 10-14.")
    variants = (
        Sentence(N_("“%(part)s” is not clear. Please write it such as: Mo-Fr 9-18, Sa 10-14.")),
    )


class EventIncomplete(RuleBroken):
    code = "event_incomplete"
    message = N_("A ticket needs the day, the time and the place of its event.")


class VoucherCodesNeeded(RuleBroken):
    code = "voucher_codes_needed"
    message = N_("Please add your voucher codes before this reward goes online.")


class CodesMakeTheStock(RuleBroken):
    """A reward with own codes has as many pieces as codes."""

    code = "codes_make_the_stock"
    message = N_("Each piece of this reward is one of your codes. Add or withdraw codes instead.")


class VoucherCodeKnown(Conflict):
    code = "voucher_code_known"
    message = N_("One of these codes is on a list already. Nothing was added.")


class PictureUnusable(RuleBroken):
    """``why``: ``kind``, ``size`` or ``small``."""

    code = "picture_unusable"
    message = N_("Please choose a picture as JPEG, PNG or WebP, at most 8 MB, at least 200 pixels.")
