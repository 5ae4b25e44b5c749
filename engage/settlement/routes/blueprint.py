"""The blueprint of these pages, and how a month is shown, printed and written as a table."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from engage.core.errors import NotFound
from engage.settlement.months import Line, Month
from engage.web.context import now, settings
from engage.web.filters import month as month_words
from engage.web.pdf import pdf_file
from engage.web.tables import Cell, csv_file, euros

bp = Blueprint("settlement", __name__)

#: More lines than this are for the table.
LONGEST_PAGE = 200


def read_month(text: str) -> date:
    """The first day of the month in an address. Raises NotFound for anything else."""
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month has no zone
    except ValueError:
        raise NotFound() from None
    if not 2000 <= month.year < 3000:
        raise NotFound()
    return month


def shown(month: Month) -> dict[str, object]:
    """What the page of a month and its print need."""
    return {
        "month": month,
        "words": month_words(month.month),
        "lines": list(reversed(month.lines))[:LONGEST_PAGE],
        "made_at": now(),
        "can_close": False,
    }


def as_pdf(month: Month) -> Response:
    """A month for the file, tagged. Raises PdfMissing."""
    html = render_template("settlement/statement_print.html", **shown(month))
    return pdf_file(html, f"{_('statement')}-{month.partner_slug}-{month.month:%Y-%m}.pdf")


def as_csv(month: Month) -> Response:
    """Every transfer of a month, and nothing about a person."""
    heads = [_("Day"), _("Time"), _("Handed over"), _("Reward"), _("What"), _("Branch")]
    heads += [_("Points"), _("Cents per 100 points"), _("Euros, not rounded"), _("Transfer")]
    rows = [_cells(line) for line in month.lines]
    total: list[Cell] = [_("Together"), "", "", "", "", "", month.points, "", euros(month.cents)]
    name = f"{_('statement')}-{month.partner_slug}-{month.month:%Y-%m}.csv"
    return csv_file(heads, [*rows, [*total, ""]], name)


def _cells(line: Line) -> list[Cell]:
    zone = settings().zone
    at = line.posted_at.astimezone(zone)
    given = line.redeemed_at.astimezone(zone) if line.redeemed_at else at
    exact = line.points * line.rate
    sign = "-" if exact < 0 else ""
    amount = f"{sign}{abs(exact) // 10_000},{abs(exact) % 10_000:04d}"
    return [
        f"{at:%Y-%m-%d}",
        f"{at:%H:%M}",
        f"{given:%Y-%m-%d}",
        line.title,
        _("Undone") if line.is_undone else _("Redeemed"),
        line.branch,
        line.points,
        line.rate,
        amount,
        str(line.transfer_id),
    ]
