"""Numbers as people type them into forms."""

from __future__ import annotations

from flask_babel import gettext
from wtforms import Field, Form, validators
from wtforms.validators import StopValidation


class NumberRange(validators.NumberRange):  # type: ignore[misc]  # WTForms has no types
    """As WTForms has it; a number of hundreds of digits is out of range too, not a fault."""

    def __call__(self, form: Form, field: Field) -> None:
        try:
            super().__call__(form, field)
        except OverflowError:
            raise StopValidation(self.message or gettext("This is not valid.")) from None
