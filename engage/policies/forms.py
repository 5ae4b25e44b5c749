"""What the office types when it changes the points rules."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    Form,
    FormField,
    IntegerField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from engage.core.errors import PolicyInvalid
from engage.core.points import PointsRule, RuleKind
from engage.core.policy import RANGES, FieldFault, Policy
from engage.web.errors import tongue
from engage.web.numbers import NumberRange

NEEDED = _("Please fill this in.")
#: Rows for lengths with an end; the last band has none.
BANDS = ("1", "2", "3")


def _whole(label: object, name: str) -> IntegerField:
    least, most = RANGES[name]
    said = _("A whole number from %(least)s to %(most)s.", least=least, most=most)
    return IntegerField(label, [InputRequired(NEEDED), NumberRange(least, most, message=said)])


def _free() -> list[object]:
    return [Optional(), NumberRange(0, 100_000, message=_("A whole number, 0 or more."))]


class RuleForm(Form):
    """How points follow from the length of a date."""

    kind = SelectField(
        _("How points follow from the length"),
        choices=[
            SelectChoice(RuleKind.BANDS.value, _("by bands of length")),
            SelectChoice(RuleKind.FLAT.value, _("the same each time")),
            SelectChoice(RuleKind.PER_HOUR.value, _("per hour")),
        ],
    )
    points = IntegerField(_("Points each time, or per hour"), _free())
    under_1 = IntegerField(_("Band 1: under … minutes"), _free())
    points_1 = IntegerField(_("Points of band 1"), _free())
    under_2 = IntegerField(_("Band 2: under … minutes"), _free())
    points_2 = IntegerField(_("Points of band 2"), _free())
    under_3 = IntegerField(_("Band 3: under … minutes"), _free())
    points_3 = IntegerField(_("Points of band 3"), _free())
    points_last = IntegerField(_("Points of anything longer"), _free())

    def to_json(self) -> dict[str, Any]:
        """What was typed, in the form of ``PointsRule.to_json``; the rules judge it."""
        if self.kind.data != RuleKind.BANDS.value:
            return {"kind": self.kind.data, "points": self.points.data}
        bands = [
            {"under_minutes": self[f"under_{row}"].data, "points": self[f"points_{row}"].data or 0}
            for row in BANDS
            if self[f"under_{row}"].data is not None
        ]
        bands.append({"under_minutes": None, "points": self.points_last.data or 0})
        return {"kind": self.kind.data, "bands": bands}


def typed(rule: PointsRule) -> dict[str, Any]:
    """A rule as the form shows it."""
    shown: dict[str, Any] = {"kind": rule.kind.value, "points": rule.points}
    for row, band in zip(BANDS, rule.bands[:-1], strict=False):
        shown[f"under_{row}"], shown[f"points_{row}"] = band.under_minutes, band.points
    if rule.bands:
        shown["points_last"] = rule.bands[-1].points
    return shown


class PolicyForm(FlaskForm):
    """A whole new version, from a day on."""

    starts_on = DateField(_("Applies to work from"), [InputRequired(_("Please give a day."))])
    volunteering = FormField(RuleForm, _("Lending a hand"))
    participation = FormField(RuleForm, _("Having a say"))
    points_per_day = _whole(_("Most points of a person in a day"), "points_per_day")
    points_per_year = _whole(_("Most points of a person in a year"), "points_per_year")
    expiry_months = _whole(_("Points are good for … months"), "expiry_months")
    age_alone = _whole(_("Age alone"), "age_alone")
    age_with_consent = _whole(_("Age with consent"), "age_with_consent")
    claim_hours = _whole(_("Reported hours: most in a day"), "claim_hours")
    claim_days_back = _whole(_("Reported hours: most days back"), "claim_days_back")
    value_cap = DecimalField(
        _("Most value of rewards in a year, in euros"),
        [InputRequired(NEEDED), NumberRange(0, 100_000, message=_("From 0 to 100,000 euros."))],
        places=2,
    )
    review_value = DecimalField(
        _("The office looks at rewards worth more than … euros"),
        [InputRequired(NEEDED), NumberRange(0, 100_000, message=_("From 0 to 100,000 euros."))],
        places=2,
    )
    organisation_budget = _whole(
        _("Points in the first budget of an organisation"), "organisation_budget"
    )
    reason = TextAreaField(
        _("Why, in one public sentence"),
        [DataRequired(NEEDED), Length(max=300, message=_("This is too long."))],
    )

    def read(self) -> Policy | None:
        """The policy that was typed; None if a rule says no, with words beside the field."""
        given: dict[str, Any] = {name: self[name].data for name in RANGES if name in self}
        given |= {
            "starts_on": self.starts_on.data,
            "volunteering": self.volunteering.form.to_json(),
            "participation": self.participation.form.to_json(),
            "value_cap_cents": int(self.value_cap.data * 100),
            "review_value_cents": int(self.review_value.data * 100),
        }
        try:
            return Policy.from_json(given)
        except PolicyInvalid as refused:
            self._show(refused)
        return None

    def _show(self, refused: PolicyInvalid) -> None:
        faults: Any = refused.facts["faults"]
        for fault in faults:
            self._field(fault).errors = [fault.say(tongue())]

    def _field(self, fault: FieldFault) -> Any:
        if fault.field in {"volunteering", "participation"}:
            return self[fault.field].form.kind
        return self[fault.field.removesuffix("_cents")]


def fill(policy: Policy, starts_on: Any) -> PolicyForm:
    """The form with the rules of today, ready to be changed."""
    shown: dict[str, Any] = {name: getattr(policy, name) for name in RANGES}
    shown |= {
        "starts_on": starts_on,
        "volunteering": typed(policy.volunteering),
        "participation": typed(policy.participation),
        "value_cap": policy.value_cap_cents / 100,
        "review_value": policy.review_value_cents / 100,
    }
    return PolicyForm(formdata=None, data=shown)
