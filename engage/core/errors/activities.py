"""Refusals around activities, registrations, organisations and hours claims."""

from __future__ import annotations

from engage.core.errors.kinds import Conflict, Gone, NotAllowed, RuleBroken
from engage.core.errors.sentences import N_, NN_, Sentence


class AlreadyRegistered(Conflict):
    code = "already_registered"
    message = N_("You already have a place on this date.")


class AlreadyWaitlisted(Conflict):
    code = "already_waitlisted"
    message = N_("You are already on the waiting list.")
    advice = N_("We write to you as soon as a place is free.")


class RegistrationFull(Conflict):
    code = "registration_full"
    message = N_("This date is full. Your registration was not saved.")
    advice = N_("Look for another date of this activity.")


class RegistrationClosed(Conflict):
    code = "registration_closed"
    message = N_("Registration for this date is closed.")
    variants = (Sentence(N_("Registration closed: %(closed_at)s.")),)


class NotOnList(Conflict):
    code = "not_on_list"
    message = N_("You are not registered for this date.")


class LeaveTooLate(Conflict):
    code = "leave_too_late"
    message = N_("You are already checked in, so the place stays yours.")


class OfferExpired(Gone):
    code = "offer_expired"
    message = N_("The offered place has gone to the next person.")
    advice = N_("You keep your position on the waiting list.")


class NotPublished(Conflict):
    code = "not_published"
    message = N_("This activity is not published.")


class AlreadyPublished(Conflict):
    code = "already_published"
    message = N_("This activity is already published.")


class OccurrenceOver(Conflict):
    code = "occurrence_over"
    message = N_("This date is over and can no longer be changed.")


class AttendancesExist(Conflict):
    code = "attendances_exist"
    message = N_("People are already checked in, so this date stays.")
    advice = N_("Annul the attendances first, with a reason.")


class ExpectedNumberNeeded(RuleBroken):
    code = "expected_number_needed"
    message = N_("Please say how many people you expect.")
    advice = N_("Without a number of places we need it to set the points aside.")


class BudgetShort(Conflict):
    code = "budget_short"
    message = N_("The organisation's points budget does not reach that far.")
    variants = (
        NN_(
            "The points budget is short by %(missing_points)s point.",
            "The points budget is short by %(missing_points)s points.",
            "missing_points",
        ),
    )
    advice = N_("Offer fewer places or dates, or ask the programme office for more.")


class NotVerified(NotAllowed):
    code = "not_verified"
    message = N_("The programme office has not verified this organisation yet.")
    advice = N_("You can prepare everything; publishing opens with the verification.")


class PartnerNotVerified(NotAllowed):
    code = "partner_not_verified"
    message = N_("The programme office has not verified this partner yet.")
    advice = N_("You can prepare everything; publishing opens with the verification.")


class LastManager(Conflict):
    code = "last_manager"
    message = N_("Somebody has to manage this. Name another manager first.")


class AlreadyMember(Conflict):
    code = "already_member"
    message = N_("This person is already a member.")


class NotATransition(Conflict):
    """A state that cannot follow the present one."""

    code = "not_a_transition"
    message = N_("This step is not possible from here.")


class OwnClaim(NotAllowed):
    code = "own_claim"
    message = N_("Nobody approves their own hours.")
    advice = N_("Another member of the organisation has to confirm them.")


class ClaimTooLong(RuleBroken):
    code = "claim_too_long"
    message = N_("At most 12 hours can be reported for one day.")


class ClaimEmpty(RuleBroken):
    code = "claim_empty"
    message = N_("The end is not after the start.")
    variants = (Sentence(N_("The end (%(ends_at)s) is before the start (%(starts_at)s).")),)


class ClaimNotOneDay(RuleBroken):
    code = "claim_not_one_day"
    message = N_("Please report each day by itself.")


class ClaimInFuture(RuleBroken):
    code = "claim_in_future"
    message = N_("Hours can be reported when the work is done.")


class ClaimTooOld(RuleBroken):
    code = "claim_too_old"
    message = N_("Hours can be reported for 60 days.")
    variants = (Sentence(N_("Hours can be reported back to %(earliest_on)s.")),)


class ClaimDecided(Conflict):
    code = "claim_decided"
    message = N_("These hours were already decided.")
    variants = (Sentence(N_("These hours were already decided: %(decided_at)s.")),)


class MissingPointsTooLate(Conflict):
    code = "missing_points_too_late"
    message = N_("Missing points can be reported for 14 days after the end.")
    advice = N_("Please report your hours instead, or ask the programme office.")


class NothingMissing(Conflict):
    code = "nothing_missing"
    message = N_("You are recorded as present for this date.")
    advice = N_("Your attendances show the points and their reasons.")


class AlreadyReported(Conflict):
    code = "already_reported"
    message = N_("You have already reported this. The organiser will answer.")


class ReviewDecided(Conflict):
    code = "review_decided"
    message = N_("This was already decided.")


class OwnReview(NotAllowed):
    code = "own_review"
    message = N_("Nobody decides about their own points.")


class DatesMissing(Conflict):
    """Nothing can be published without a date ahead (ACT-13)."""

    code = "dates_missing"
    message = N_("There is no date ahead yet.")
    advice = N_("Please add a date first.")


class PlacesTaken(Conflict):
    """What people rely on is cancelled with a reason, not taken back (ACT-14)."""

    code = "places_taken"
    message = N_("People are registered already.")
    advice = N_("Cancel the dates with a reason instead; everybody is told.")
