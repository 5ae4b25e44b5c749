"""Who asks, and what a row of the table says of each of them."""

from __future__ import annotations

from dataclasses import dataclass

#: What a letter of a row says. Allowed means let in: a rule may still refuse what was sent.
ALLOWED, SIGN_IN, SECOND_FACTOR, PAIR_FIRST = "a", "s", "f", "p"
UNKNOWN_CALLER, FORBIDDEN, ABSENT = "u", "x", "n"  # 401, 403, 404


@dataclass(frozen=True, slots=True)
class Role:
    """Who asks.

    person: of the cast of ``world``; nobody for a stranger.
    device: whose token the browser or program carries.
    """

    name: str
    person: str = ""
    second_factor: bool = False
    device: str = ""


ROLES = (
    Role("a stranger"),
    Role("the citizen whose it is", "Mina"),
    Role("another citizen", "Omar"),
    Role("a manager of another organisation", "Nils", second_factor=True),
    Role("an organiser without second factor", "Juno"),
    Role("an organiser", "Juno", second_factor=True),
    Role("a manager without second factor", "Kaya"),
    Role("a manager", "Kaya", second_factor=True),
    Role("a till member without second factor", "Vera"),
    Role("a till member", "Vera", second_factor=True),
    Role("a manager of the partner", "Pia", second_factor=True),
    Role("a manager of another partner", "Levi", second_factor=True),
    Role("the office without second factor", "Ada"),
    Role("the office", "Ada", second_factor=True),
    Role("a scanner", device="scanner"),
    Role("a scanner of another organisation", device="other scanner"),
    Role("a till", device="till"),
)


def named(name: str) -> Role:
    return next(one for one in ROLES if one.name == name)


#: Public, or guarded by the token in the address.
EVERYBODY = "a aa a aaaa aaaa aa aaa"
#: A person's own pages; what they show is the person's own by construction.
SIGNED_IN = "s aa a aaaa aaaa aa sss"
#: One thing of a citizen: for all others it does not exist.
OWNER = "s an n nnnn nnnn nn sss"
#: For a browser that shows the person's pass; here none does.
OWN_PHONE = "s nn n nnnn nnnn nn sss"
#: The organisation's work: an organiser passes, a manager gives the second factor first.
TEAM = "s nn n aafa nnnn nn sss"
#: Where a code was opened that only some organisations know: managers prove first here too.
SEEN = "s aa a aafa aaaa aa sss"
#: What only its managers may do.
MANAGER = "s nn n fxfa nnnn nn sss"
#: The whole team pairs scanners; a token outlives a sign-in, so with the second factor.
PAIRING = "s nn n fafa nnnn nn sss"
#: Everybody who works for the partner, with the second factor.
PARTNER = "s nn n nnnn faan nn sss"
#: What a till may not: offers, branches, team, devices.
PARTNER_MANAGER = "s nn n nnnn fxan nn sss"
#: The programme office, with the second factor.
OFFICE = "s xx x xxxx xxxx fa sss"
#: A browser that is a paired till; others are led to pairing.
PAIRED_TILL = "p pp p pppp pppp pp ppa"
#: A browser that is a paired scanner of this organisation; others are led to pairing.
PAIRED_SCANNER = "p pp p pppp pppp pp anp"
#: What a scanner has scanned itself, and here none has scanned anything.
SCANNED_HERE = "p pp p pppp pppp pp nnp"
#: About the second factor itself.
PROVEN = "s ff a fafa faaa fa sss"
#: A person's own, in JSON.
API_PERSON = "u aa a aaaa aaaa aa uuu"
#: A scanner of this organisation, and those who work for it.
API_DOOR = "u nn n aaxa nnnn nn axx"
#: A screen of an organisation, which shows its own dates; others are led to pairing.
KIOSK_LIST = "p pp p pppp pppp pp aap"
#: What only a scanner of this organisation gets.
API_ROSTER = "u uu u uuuu uuuu uu axx"
#: What devices upload, and organisers who let people out; others' dates are refused line by line.
API_UPLOAD = "u xx a aaxa xxxx xx aaa"
#: What only devices ask.
API_DEVICE = "u uu u uuuu uuuu uu aaa"
#: Hours are decided by the team, never by the person who reports them.
API_CLAIM = "u xn n aaxa nnnn nn uuu"
#: What the partner's own tills and members may; another partner's thing is absent.
API_TILL = "u xx x xxxx xaan xx xxa"
#: Any partner may try a card; what it gives is its own.
API_CARD = "u xx x xxxx xaaa xx xxa"
#: Only with the token of the settings, and here there is none.
CLOSED = "n nn n nnnn nnnn nn nnn"
#: Needs the code of a claim slip, which nobody here has opened.
SLIP_IN_HAND = "s xx x xxxx xxxx xx sss"
#: Leaving is free to everybody of the team, at once.
PARTNER_TEAM = "s nn n nnnn aaan nn sss"
#: A paired till stands where it was paired: it chooses no branch.
MEMBERS_TILL = "p pp p pppp pppp pp ppn"
#: Devices only within 15 minutes and only what they scanned themselves.
API_ANNUL = "u nn n aaxa nnnn na xxx"
#: Only who has taken part may reserve (RED rules).
API_RESERVE = "u ax x xxxx xxxx xx uuu"
#: One thing of a citizen, in JSON.
API_OWNER = "u an n nnnn nnnn nn uuu"
