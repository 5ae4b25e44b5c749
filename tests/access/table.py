"""The table of who may open what: every address of the application, each role (case 44).

A column is a role, in the order of ``ROLES``; read a row in groups:

    stranger · citizens · another organisation · this organisation · partners · office · devices
"""

from __future__ import annotations

from tests.access.roles import (
    API_ANNUL,
    API_CARD,
    API_CLAIM,
    API_DEVICE,
    API_DOOR,
    API_OWNER,
    API_PERSON,
    API_RESERVE,
    API_ROSTER,
    API_TILL,
    API_UPLOAD,
    CLOSED,
    EVERYBODY,
    KIOSK_LIST,
    MANAGER,
    MEMBERS_TILL,
    OFFICE,
    OWN_PHONE,
    OWNER,
    PAIRED_SCANNER,
    PAIRED_TILL,
    PAIRING,
    PARTNER,
    PARTNER_MANAGER,
    PARTNER_TEAM,
    PROVEN,
    SCANNED_HERE,
    SEEN,
    SIGNED_IN,
    SLIP_IN_HAND,
    TEAM,
)

_TABLE = {
    EVERYBODY: """
        GET /
        GET /.well-known/security.txt
        GET /Q/<path:text>
        GET /accessibility
        GET /activities
        GET /activities/<uuid:activity_id>
        GET /api/v1/activities
        GET /api/v1/activities/<uuid:activity_id>
        POST /api/v1/devices/pair
        GET /api/v1/districts
        GET /api/v1/occurrences
        GET /api/v1/openapi.json
        GET /api/v1/partners
        GET /api/v1/rewards
        GET /calendar/<token>.ics
        GET /check-in
        GET,POST /claim
        GET,POST /claim/slip
        POST /claim/slip/open
        GET /code/<any(pass, voucher, device, unknown):kind>
        GET /dates/<uuid:occurrence_id>.ics
        GET /demo
        GET /demo/mail
        GET /demo/mail/<uuid:letter_id>
        POST /devices/forget
        GET,POST /devices/pair
        GET /figures
        GET /healthz
        GET /help
        GET /help/check-in
        GET,POST /hours/<token>
        GET /imprint
        GET /join/<token>
        GET /l/confirm/<token>
        GET /l/guardian-thanks
        GET,POST /l/guardian/<token>
        GET,POST /l/reset/<token>
        GET,POST /l/stop/<token>
        POST /language
        GET /manifest.webmanifest
        GET /me/data/erased
        GET /offline
        GET /offline/till
        GET /partners/join/<token>
        GET,POST /places/<token>
        GET /privacy
        GET /readyz
        GET,POST /reset
        GET /reset/sent
        GET /rewards
        GET /rewards/<uuid:reward_id>
        GET /rewards/pictures/<digest>-<any(large, small):size>.jpg
        GET /robots.txt
        GET /rules
        GET /scanner
        GET,POST /sign-in
        POST /sign-out
        GET,POST /sign-up
        GET /service-worker.js
        GET /static/<path:filename>
        GET /terms
    """,
    SIGNED_IN: """
        POST /activities/<uuid:activity_id>/favourite
        POST /activities/<uuid:activity_id>/favourite/remove
        POST /check-in
        GET /check-in/done
        POST /check-in/short
        POST /dates/<uuid:occurrence_id>/leave
        POST /dates/<uuid:occurrence_id>/register
        POST /dates/<uuid:occurrence_id>/take
        POST /join/<token>
        POST /l/confirm/<token>
        GET /me
        GET /me/account
        POST /me/account/confirmation
        GET,POST /me/account/email
        GET,POST /me/account/mail
        GET /me/account/passes
        GET,POST /me/account/password
        GET,POST /me/account/points
        GET,POST /me/account/profile
        GET /me/account/second-proof
        POST /me/account/sign-out-everywhere
        GET /me/attendances
        POST /me/calendar
        POST /me/calendar/close
        GET /me/data/engage.zip
        GET,POST /me/data/erase
        GET /me/data/export
        GET /me/data/join
        POST /me/data/join/card
        POST /me/data/join/mail
        GET /me/data/reads
        GET,POST /me/hours
        GET /me/hours/new
        GET,POST /me/missing/<uuid:occurrence_id>
        GET /me/points
        GET /me/favourites
        POST /me/favourites/mail
        GET /me/redemptions
        GET /me/value
        GET /me/value/<int(min=2000, max=2999):year>
        GET /me/value/<int(min=2000, max=2999):year>.pdf
        GET /me/registrations
        GET,POST /organisations/apply
        GET,POST /partners/apply
        POST /partners/join/<token>
        GET /pass
        GET,POST /pass/phones
        POST /rewards/<uuid:reward_id>/favourite
        POST /rewards/<uuid:reward_id>/favourite/remove
        POST /rewards/<uuid:reward_id>/gifts
        POST /rewards/<uuid:reward_id>/redemptions
        GET,POST /second-factor
        POST /second-factor/begin
        POST /second-factor/set-up
        GET /sign-up/done
    """,
    SEEN: """
        GET /organise/seen
    """,
    OWN_PHONE: """
        GET /pass/now
        POST /pass/secret
    """,
    OWNER: """
        GET,POST /me/account/cards/<uuid:pass_id>/pin
        GET,POST /me/account/passes/<uuid:pass_id>/end
        GET,POST /me/account/passes/<uuid:pass_id>/name
        GET /me/attendances/<uuid:attendance_id>
        GET,POST /me/data/join/<token>
        POST /me/hours/<uuid:claim_id>/withdraw
        GET /me/reviews/<uuid:review_id>
        POST /me/reviews/<uuid:review_id>/objection
        GET /redemptions/<uuid:redemption_id>
        GET /redemptions/<uuid:redemption_id>/state
        POST /redemptions/<uuid:redemption_id>/cancel
        POST /redemptions/<uuid:redemption_id>/dispute
        POST /redemptions/<uuid:redemption_id>/extend
    """,
    TEAM: """
        GET /organise/<slug>
        GET /organise/<slug>/activities
        POST /organise/<slug>/activities/<uuid:activity_id>/archive
        GET /organise/<slug>/activities/<uuid:activity_id>/check
        POST /organise/<slug>/activities/<uuid:activity_id>/copy
        GET,POST /organise/<slug>/activities/<uuid:activity_id>/people
        POST /organise/<slug>/activities/<uuid:activity_id>/publish
        POST /organise/<slug>/activities/<uuid:activity_id>/remove
        POST /organise/<slug>/activities/<uuid:activity_id>/take-back
        POST /organise/<slug>/activities/<uuid:activity_id>/take-up
        GET,POST /organise/<slug>/activities/<uuid:activity_id>/what
        GET,POST /organise/<slug>/activities/<uuid:activity_id>/when
        GET,POST /organise/<slug>/activities/new
        GET,POST /organise/<slug>/dates/<uuid:occurrence_id>
        POST /organise/<slug>/dates/<uuid:occurrence_id>/cancel
        GET /organise/<slug>/dates/<uuid:occurrence_id>/people
        POST /organise/<slug>/dates/<uuid:occurrence_id>/people/<uuid:person_id>/remove
        GET /organise/<slug>/hours
        POST /organise/<slug>/hours/<uuid:claim_id>
        GET,POST /organise/<slug>/import
        GET,POST /organise/<slug>/import/<uuid:file_id>
        GET /organise/<slug>/team
        POST /organise/<slug>/team/leave
        GET /organise/occurrences/<uuid:occurrence_id>
        GET,POST /organise/occurrences/<uuid:occurrence_id>/add
        POST /organise/occurrences/<uuid:occurrence_id>/attendance.csv
        GET,POST /organise/occurrences/<uuid:occurrence_id>/attendances/<uuid:attendance_id>/annul
        GET,POST /organise/occurrences/<uuid:occurrence_id>/attendances/<uuid:attendance_id>/correct
        POST /organise/occurrences/<uuid:occurrence_id>/attendances/<uuid:attendance_id>/check-out
        GET,POST /organise/occurrences/<uuid:occurrence_id>/close
        GET /organise/occurrences/<uuid:occurrence_id>/code
        GET,POST /organise/occurrences/<uuid:occurrence_id>/inside
        GET,POST /organise/occurrences/<uuid:occurrence_id>/leave
        GET /organise/occurrences/<uuid:occurrence_id>/live
        POST /organise/occurrences/<uuid:occurrence_id>/missing/<uuid:report_id>
        GET,POST /organise/occurrences/<uuid:occurrence_id>/people
        POST /organise/occurrences/<uuid:occurrence_id>/people/<uuid:person_id>/check-in
        POST /organise/occurrences/<uuid:occurrence_id>/people/check-in
        GET /organise/occurrences/<uuid:occurrence_id>/people/done
        GET /organise/occurrences/<uuid:occurrence_id>/poster
        GET /organise/occurrences/<uuid:occurrence_id>/poster.pdf
        GET /organise/occurrences/<uuid:occurrence_id>/poster.svg
        POST /organise/occurrences/<uuid:occurrence_id>/poster/new
        POST /organise/occurrences/<uuid:occurrence_id>/poster/off
        POST /organise/occurrences/<uuid:occurrence_id>/poster/on
        GET /organise/occurrences/<uuid:occurrence_id>/poster/print
        GET,POST /organise/occurrences/<uuid:occurrence_id>/scan
        GET /organise/occurrences/<uuid:occurrence_id>/scan/<nonce>
        POST /organise/occurrences/<uuid:occurrence_id>/scan/<nonce>/let-in
        GET /organise/occurrences/<uuid:occurrence_id>/scan/<nonce>/slip
        POST /organise/occurrences/<uuid:occurrence_id>/seen
        GET,POST /organise/occurrences/<uuid:occurrence_id>/walk-in
    """,
    MANAGER: """
        POST /organise/<slug>/apply-again
        GET,POST /organise/<slug>/profile
        POST /organise/<slug>/team
        POST /organise/<slug>/team/<uuid:person_id>
        POST /organise/<slug>/team/<uuid:person_id>/remove
    """,
    PAIRING: """
        POST /organise/occurrences/<uuid:occurrence_id>/scanner
        GET,POST /organise/<slug>/devices
        GET,POST /organise/<slug>/devices/<uuid:device_id>
        POST /organise/<slug>/devices/<uuid:device_id>/code
        POST /organise/<slug>/devices/<uuid:device_id>/revoke
    """,
    PARTNER: """
        GET /partner/<slug>
        GET /partner/<slug>/redemptions
        GET /partner/<slug>/redemptions.csv
        GET /partner/<slug>/rewards
        GET /partner/<slug>/team
        GET,POST /partner/<slug>/till
        GET /partner/<slug>/till/answers/<nonce>
        POST /partner/<slug>/till/branch
        GET,POST /partner/<slug>/till/card
        GET,POST /partner/<slug>/till/redemptions/<uuid:redemption_id>/undo
    """,
    PARTNER_MANAGER: """
        POST /partner/<slug>/apply-again
        GET,POST /partner/<slug>/branches
        GET,POST /partner/<slug>/branches/<uuid:branch_id>
        POST /partner/<slug>/branches/<uuid:branch_id>/close
        GET /partner/<slug>/branches/new
        GET,POST /partner/<slug>/profile
        POST /partner/<slug>/rewards
        GET /partner/<slug>/rewards/<uuid:reward_id>
        POST /partner/<slug>/rewards/<uuid:reward_id>/<any(publish, withdraw, pause, end):name>
        GET,POST /partner/<slug>/rewards/<uuid:reward_id>/codes
        POST /partner/<slug>/rewards/<uuid:reward_id>/codes/withdraw
        GET,POST /partner/<slug>/rewards/<uuid:reward_id>/price
        POST /partner/<slug>/rewards/<uuid:reward_id>/stock
        GET,POST /partner/<slug>/rewards/<uuid:reward_id>/terms
        POST /partner/<slug>/rewards/<uuid:reward_id>/version
        GET,POST /partner/<slug>/rewards/<uuid:reward_id>/words
        GET /partner/<slug>/rewards/new
        GET /partner/<slug>/statements
        GET /partner/<slug>/statements/<month>
        GET /partner/<slug>/statements/<month>.csv
        GET /partner/<slug>/statements/<month>.pdf
        POST /partner/<slug>/team
        POST /partner/<slug>/team/<uuid:person_id>
        POST /partner/<slug>/team/<uuid:person_id>/remove
        GET,POST /partner/<slug>/tills
        POST /partner/<slug>/tills/<uuid:device_id>/code
        POST /partner/<slug>/tills/<uuid:device_id>/revoke
    """,
    OFFICE: """
        GET /office
        GET /office/acts
        GET /office/adjustments
        POST /office/adjustments/<uuid:adjustment_id>/book
        POST /office/adjustments/<uuid:adjustment_id>/refuse
        GET,POST /office/attendances/<uuid:attendance_id>/cancel
        GET,POST /office/attendances/<uuid:attendance_id>/correct
        GET,POST /office/disputes/<uuid:redemption_id>
        GET /office/figures
        GET /office/figures.csv
        GET /office/joinings
        POST /office/joinings/<uuid:joining_id>/join
        POST /office/joinings/<uuid:joining_id>/refuse
        GET /office/organisations
        GET /office/organisations/<uuid:body_id>
        GET,POST /office/organisations/<uuid:body_id>/<word>
        POST /office/organisations/<uuid:body_id>/budget
        GET /office/partners
        GET /office/partners/<uuid:body_id>
        GET,POST /office/partners/<uuid:body_id>/<word>
        GET,POST /office/partners/<uuid:body_id>/terms
        GET,POST /office/people
        GET /office/people/<uuid:person_id>
        POST /office/people/<uuid:person_id>/adjustments
        POST /office/people/<uuid:person_id>/card
        GET,POST /office/people/<uuid:person_id>/join
        POST /office/people/<uuid:person_id>/open
        POST /office/people/<uuid:person_id>/passes/<uuid:pass_id>/block
        POST /office/people/<uuid:person_id>/pin
        GET /office/people/<uuid:person_id>/rewards/<int(min=2000, max=2999):year>.pdf
        GET,POST /office/people/new
        GET /office/reviews
        GET,POST /office/reviews/<uuid:review_id>
        GET /office/rewards
        GET /office/rewards/<uuid:reward_id>
        POST /office/rewards/<uuid:reward_id>/<word>
        GET /office/rules
        GET,POST /office/rules/new
        GET /office/settlement
        GET /office/settlement/<uuid:partner_id>/<month>
        GET /office/settlement/<uuid:partner_id>/<month>.csv
        GET /office/settlement/<uuid:partner_id>/<month>.pdf
        POST /office/settlement/<uuid:partner_id>/<month>/close
        POST /office/settlement/<uuid:partner_id>/<month>/paid
        GET /office/settlement/budgets
        GET,POST /office/settlement/causes
        GET,POST /office/settlement/causes/<cause>
        GET /office/settlement/causes/<cause>.csv
        GET /office/settlement/causes/<cause>.pdf
        POST /office/settlement/close
        GET /office/settlement/liability
        GET /office/settlement/liability.csv
        GET /office/settlement/month.csv
        GET /office/settlement/signs
        GET /office/settlement/value
        GET /office/staff
        GET /office/unanswered
        GET /office/guesses
    """,
    PAIRED_SCANNER: """
        GET /kiosk/<uuid:occurrence_id>
        GET,POST /scanner/<uuid:occurrence_id>
    """,
    SCANNED_HERE: """
        GET /scanner/slip/<nonce>
    """,
    PAIRED_TILL: """
        GET,POST /till
        GET /till/answers/<nonce>
        GET,POST /till/card
        GET,POST /till/redemptions/<uuid:redemption_id>/undo
    """,
    PROVEN: """
        POST /second-factor/end
        POST /second-factor/recovery-codes
    """,
    API_PERSON: """
        POST /api/v1/hours-claims
        GET /api/v1/me
        GET /api/v1/me/attendances
        GET /api/v1/me/balance
        GET /api/v1/me/registrations
        GET /api/v1/me/transfers
        POST,DELETE /api/v1/occurrences/<uuid:occurrence_id>/registrations
    """,
    API_DOOR: """
        POST /api/v1/check-ins
        GET /api/v1/occurrences/<uuid:occurrence_id>/people
    """,
    KIOSK_LIST: """
        GET /kiosk
    """,
    API_ROSTER: """
        GET /api/v1/occurrences/<uuid:occurrence_id>/roster
    """,
    API_DEVICE: """
        GET /api/v1/device
    """,
    API_UPLOAD: """
        POST /api/v1/scans
    """,
    API_CLAIM: """
        POST /api/v1/hours-claims/<uuid:claim_id>/confirm
        POST /api/v1/hours-claims/<uuid:claim_id>/refuse
    """,
    API_TILL: """
        POST /api/v1/redemptions/<uuid:redemption_id>/undo
        POST /api/v1/redemptions/redeem
    """,
    API_CARD: """
        POST /api/v1/redemptions/card
    """,
    CLOSED: """
        GET /metrics
    """,
    SLIP_IN_HAND: """
        POST /me/data/join/slip
    """,
    PARTNER_TEAM: """
        POST /partner/<slug>/team/leave
    """,
    MEMBERS_TILL: """
        POST /till/branch
    """,
    API_ANNUL: """
        POST /api/v1/check-ins/<uuid:attendance_id>/annul
    """,
    API_RESERVE: """
        POST /api/v1/redemptions
    """,
    API_OWNER: """
        DELETE /api/v1/redemptions/<uuid:redemption_id>
    """,
}


def _read() -> dict[str, str]:
    """By method and address; an address stands in the table once."""
    rows: dict[str, str] = {}
    for expected, addresses in _TABLE.items():
        for line in addresses.split("\n"):
            methods, _, address = line.strip().partition(" ")
            for method in methods.split(",") if address else ():
                name = f"{method} {address}"
                assert name not in rows, f"{name} stands in the table twice"
                rows[name] = expected.replace(" ", "")
    return rows


#: ``POST /sign-in`` → one letter for each role.
TABLE = _read()
