"""Refusals at the door. Codes and statuses: section 4 of the domain."""

from __future__ import annotations

from engage.core.errors.kinds import Conflict, Gone, NotAllowed, NotFound, RuleBroken, TooMany
from engage.core.errors.sentences import N_, NN_, Sentence


class AlreadyCheckedIn(Conflict):
    """Amber, not red: the person is in and nothing is lost."""

    code = "already_checked_in"
    message = N_("Already in.")
    variants = (Sentence(N_("Already in since %(first_checked_in_at)s.")),)
    advice = N_("All fine, the attendance is recorded.")


class CodeUnknown(NotFound):
    code = "code_unknown"
    message = N_("We do not know this code.")
    variants = (Sentence(N_("The code of %(display_name)s could not be confirmed.")),)
    advice = N_("Ask the person to reopen the pass, or search the name.")


class CodeExpired(Gone):
    code = "code_expired"
    message = N_("The code has expired.")
    advice = N_("Ask the person to reopen the pass, or search the name.")


class PassRevoked(NotAllowed):
    code = "pass_revoked"
    message = N_("This pass is no longer valid.")
    advice = N_("Ask the person for their new pass, or search the name.")


class DeviceRevoked(NotAllowed):
    code = "device_revoked"
    message = N_("This device has been switched off for check-in.")
    advice = N_("Stored scans are kept. Pair the device again or ask the organisation.")


class NotPermitted(NotAllowed):
    code = "not_permitted"
    message = N_("This device or account may not do that here.")
    advice = N_("Ask the organisation to allow it for this date.")


class OrganisationSuspended(NotAllowed):
    code = "organisation_suspended"
    message = N_("This organisation is suspended at the moment.")
    advice = N_("The programme office can tell you more.")


class CodeReplayed(Conflict):
    code = "code_replayed"
    message = N_("This code was used somewhere else a moment ago.")
    advice = N_("Wait half a minute for the next code, then scan again.")


class TooEarly(Conflict):
    code = "too_early"
    message = N_("Check-in is not open yet.")
    variants = (Sentence(N_("Check-in opens: %(opens_at)s.")),)
    advice = N_("Please come back then.")


class TooLate(Conflict):
    code = "too_late"
    message = N_("Check-in is closed.")
    variants = (Sentence(N_("Check-in closed: %(closes_at)s.")),)
    advice = N_("The organiser can add people who were there for 14 days.")


class OccurrenceCancelled(Conflict):
    code = "occurrence_cancelled"
    message = N_("This date has been cancelled.")
    advice = N_("Look for another date of this activity.")


class OccurrenceFull(Conflict):
    code = "occurrence_full"
    message = N_("This date is full. Nothing was saved.")
    variants = (Sentence(N_("This date is full. Places may become free from %(free_again_at)s.")),)
    advice = N_("The organiser can let someone in with a reason.")


class NotRegistered(Conflict):
    code = "not_registered"
    message = N_("There is no registration for this date.")
    advice = N_("This date needs a registration beforehand. Please ask the organiser.")


class Waitlisted(Conflict):
    code = "waitlisted"
    message = N_("This person is on the waiting list, and no place is free yet.")
    variants = (
        Sentence(
            N_("This person is on the waiting list. Places may become free from %(free_again_at)s.")
        ),
    )
    advice = N_("The organiser can let someone in with a reason.")


class LimitReached(Conflict):
    code = "limit_reached"
    message = N_("The limit for this is reached.")
    variants = (
        Sentence(N_("The limit for this is reached. It is free again from %(free_again_at)s.")),
    )


class UnderAge(NotAllowed):
    """``ask`` is set where the scanner may ask for the age and answer ``age_ok``."""

    code = "under_age"
    message = N_("This is not open to people of this age.")
    variants = (
        Sentence(
            N_("We do not know the age. Is the person at least %(minimum_age)s?"),
            when=("ask",),
        ),
        Sentence(N_("A parent or guardian has to agree first."), when=("guardian_needed",)),
        Sentence(N_("This is open from the age of %(minimum_age)s.")),
    )


class OwnOccurrence(NotAllowed):
    code = "own_occurrence"
    message = N_("Whoever manages a date is checked in by somebody else.")
    advice = N_("Ask another member of your organisation to scan your pass.")


class PaidDuty(NotAllowed):
    code = "paid_duty"
    message = N_("Paid work earns no points.")
    advice = N_("If this was not paid work, ask the organisation to correct the entry.")


class Guessing(TooMany):
    code = "guessing"
    message = N_("Too many wrong codes in a short time.")
    variants = (
        NN_(
            "Too many wrong codes. Please wait %(retry_after)s second.",
            "Too many wrong codes. Please wait %(retry_after)s seconds.",
            "retry_after",
        ),
    )
    advice = N_("A valid code still works.")


class NonceDiffers(RuleBroken):
    """The same scan number came again for something else; ``facts["field"]`` differs."""

    code = "nonce_differs"
    message = N_("This scan number was already used for something else.")
    variants = (
        Sentence(N_("This scan number was already used with another value of “%(field)s”.")),
    )


class TicketExpired(Gone):
    code = "ticket_expired"
    message = N_("The time to confirm is over.")
    advice = N_("Please scan the code on site again.")


class TicketUsed(Conflict):
    code = "ticket_used"
    message = N_("This scan was already confirmed.")
    advice = N_("Your attendances show whether it counted.")


class NotCheckedIn(Conflict):
    code = "not_checked_in"
    message = N_("This person is not checked in.")


class ScanUnknown(RuleBroken):
    """An annulment or check-out came before the scan it names; it is sent again after it."""

    code = "scan_unknown"
    status = 425
    message = N_("The scan that this belongs to has not arrived yet.")
    advice = N_("It stays stored on the device and is sent again.")


class AlreadyCheckedOut(Conflict):
    code = "already_checked_out"
    message = N_("Already checked out.")
    variants = (Sentence(N_("Already checked out: %(checked_out_at)s.")),)


class AlreadyAnnulled(Conflict):
    code = "already_annulled"
    message = N_("This attendance was already annulled.")


class AnnulTooLate(Conflict):
    code = "annul_too_late"
    message = N_("It is too late to annul this here.")
    variants = (Sentence(N_("This could be annulled here until %(until_at)s.")),)
    advice = N_("Please ask the organiser or the programme office.")


class ByHandTooLate(Conflict):
    code = "by_hand_too_late"
    message = N_("People can be added for 14 days after the end.")
    variants = (Sentence(N_("People could be added until %(until_at)s.")),)
    advice = N_("Please ask the programme office.")


class ReasonNeeded(RuleBroken):
    code = "reason_needed"
    message = N_("Please give a reason.")


class SearchTooShort(RuleBroken):
    code = "search_too_short"
    message = N_("Please type at least 3 letters of the name.")
