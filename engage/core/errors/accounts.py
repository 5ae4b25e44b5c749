"""Refusals around accounts, signing in, cards, phones, devices and the ledger."""

from __future__ import annotations

from engage.core.errors.kinds import Conflict, Gone, NotAllowed, NotFound, RuleBroken, TooMany
from engage.core.errors.sentences import N_, NN_, Sentence


class SignInFailed(RuleBroken):
    """The same for an unknown address, one that is not confirmed yet, and a wrong password."""

    code = "sign_in_failed"
    message = N_("Address or password are not right.")
    advice = N_(
        "Just signed up? Press the button in our mail first. Or have a new password sent to you."
    )


class SignInPaused(TooMany):
    code = "sign_in_paused"
    message = N_("Too many attempts. Signing in is paused for a moment.")
    variants = (
        NN_(
            "Too many attempts. Please try again in %(minutes)s minute.",
            "Too many attempts. Please try again in %(minutes)s minutes.",
            "minutes",
        ),
    )
    advice = N_("You can have a new password sent to you.")


class MailLinkUsed(Gone):
    code = "mail_link_used"
    message = N_("This link was already used.")
    advice = N_("If you need a new one, have it sent again.")


class MailLinkExpired(Gone):
    code = "mail_link_expired"
    message = N_("This link has expired.")
    advice = N_("If you need a new one, have it sent again.")


class MailLinkUnknown(NotFound):
    code = "mail_link_unknown"
    message = N_("We do not know this link.")
    advice = N_("Please open it from the mail itself, whole.")


class MailTaken(Conflict):
    code = "mail_taken"
    message = N_("This address cannot be used.")
    advice = N_("If it is yours, sign in or have a new password sent.")


class MailNotConfirmed(NotAllowed):
    code = "mail_not_confirmed"
    message = N_("Please confirm your e-mail address first.")
    advice = N_("We can send the mail again.")


class PasswordWrong(NotAllowed):
    code = "password_wrong"
    message = N_("The password is not right.")


class PasswordWeak(RuleBroken):
    code = "password_weak"
    message = N_("This password is too easy to guess.")
    advice = N_("Take at least 10 characters; three unrelated words are good.")


class SecondFactorNeeded(NotAllowed):
    code = "second_factor_needed"
    message = N_("This area needs a second proof of who you are.")
    advice = N_("Set up the second factor in your account.")


class SecondFactorWrong(NotAllowed):
    code = "second_factor_wrong"
    message = N_("The one-time code is not right.")
    advice = N_("Wait for the next code of your app and try again.")


class CardClaimed(Conflict):
    code = "card_claimed"
    message = N_("This card already belongs to an account.")
    advice = N_("Sign in to that account, or ask the office.")


class ClaimCodeWrong(NotAllowed):
    code = "claim_code_wrong"
    message = N_("Card and claim code do not belong together.")
    advice = N_("Please compare both with your slip.")


class ClaimCodeUsed(Gone):
    code = "claim_code_used"
    message = N_("This claim code was already used.")
    advice = N_("The office can issue a new one.")


class AlreadyClaimed(Conflict):
    code = "already_claimed"
    message = N_("This account already belongs to somebody.")
    advice = N_("If both accounts are yours, you can join them.")


class PhonesFull(Conflict):
    """A citizen has up to 3 phones; a fourth asks which to replace."""

    code = "phones_full"
    message = N_("Three phones already show your pass.")
    advice = N_("Choose which one to replace.")


class PhoneReplaced(NotAllowed):
    code = "phone_replaced"
    message = N_("Another phone shows your pass now.")
    advice = N_("Sign in again to use this phone.")


class PairingCodeUnknown(NotFound):
    code = "pairing_code_unknown"
    message = N_("We do not know this pairing code.")
    advice = N_("Please compare it with the screen that shows it.")


class PairingCodeExpired(Gone):
    code = "pairing_code_expired"
    message = N_("This pairing code has expired or was used.")
    advice = N_("Have a new one shown; it is valid for 15 minutes.")


class TooYoung(NotAllowed):
    code = "too_young"
    message = N_("An account is possible from the age of 14.")
    variants = (Sentence(N_("An account is possible from the age of %(minimum_age)s.")),)


class GuardianConsentNeeded(NotAllowed):
    code = "guardian_consent_needed"
    message = N_("A parent or guardian has to agree first.")
    advice = N_("We send them a mail with a link, or they sign the form.")


class AccountErased(Gone):
    code = "account_erased"
    message = N_("This account was erased.")


class AccountMerged(Gone):
    code = "account_merged"
    message = N_("This account was joined with another one.")
    advice = N_("Please sign in with the other one.")


class SameAccount(Conflict):
    code = "same_account"
    message = N_("Both are the same account already.")


class ProofNeeded(NotAllowed):
    """Joining accounts needs proof of both."""

    code = "proof_needed"
    message = N_("Please prove that both accounts are yours.")
    advice = N_("Sign in to one, and use the card, slip or mail link of the other.")


class SecondPersonNeeded(NotAllowed):
    code = "second_person_needed"
    message = N_("A second person has to approve this.")
    advice = N_("Ask a colleague to sign in and confirm it.")


class AdjustmentDecided(Conflict):
    code = "adjustment_decided"
    message = N_("This adjustment was already decided.")


class AlreadyPosted(Conflict):
    """One source moves points once for each kind (PTS-2)."""

    code = "already_posted"
    message = N_("These points were already booked.")


class PolicyInPast(RuleBroken):
    code = "policy_in_past"
    message = N_("New rules start today at the earliest.")


class PolicyInvalid(RuleBroken):
    """``facts["fields"]`` holds one sentence for each field."""

    code = "policy_invalid"
    message = N_("Some of the rules cannot be used like this.")
    advice = N_("Please look at the marked fields.")
