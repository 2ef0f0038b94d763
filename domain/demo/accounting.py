"""The books: a chart of accounts, cost centres, and entries that follow from what was received and paid.

Entries are inserted as drafts with their lines and posted afterwards, since the database asks for the balance on posting.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from domain.accounting.models import JournalEntry
from domain.demo.calendar import month_start
from domain.demo.financial import ENROLLMENT, MATERIAL, movements
from domain.demo.plan import Bill, Row, Rows, School
from domain.demo.source import Keys
from domain.kit.money import to_cents

CASH, BANK, ADVANCES, DISCOUNTS, RETURNS = "1.1.01.001", "1.1.01.002", "2.1.04.001", "3.1.02.001", "3.1.02.002"
TUITION, ENROLLMENTS, MATERIALS, CAPITAL = "3.1.01.001", "3.1.01.002", "3.1.01.003", "2.3.01.001"
TEACHERS, SALARIES, WAGES_DUE = "4.1.01.001", "4.2.01.001", "2.1.02.001"
WITHHELD = {"INSS": "2.1.02.002", "IRRF": "2.1.02.003"}
SPENT_ON = {
    "Aluguel": ("4.2.02.001", "100.4"),
    "Energia e internet": ("4.2.02.002", "100.4"),
    "Limpeza": ("4.2.02.003", "100.4"),
    "Divulgação": ("4.2.03.001", "100.5"),
}
TAXED = ("3.1.01",)  # what PIS, COFINS, CSLL and IRPJ are reckoned from


@dataclass(slots=True, eq=False)
class Entry:
    """An entry: its lines are account, amount in cents (a credit below zero), cost centre."""

    day: date
    description: str
    source: str
    source_id: str | None
    lines: list[tuple[str, int, str]]
    id: str = ""
    number: int | None = None
    status: str = "posted"
    reverses: "Entry | None" = None
    reversed_by: "Entry | None" = None
    made: datetime = field(default=datetime.min)  # noqa: DTZ901 -- replaced before anyone reads it


@cache
def _charts() -> dict[str, Any]:
    with (Path(__file__).parent / "accounts.toml").open("rb") as file:
        return tomllib.load(file)


def account_keys(school: School) -> dict[str, str]:
    """The key of each account, by its code."""
    keys, founded = school.source.keys("chart_of_accounts"), school.founded_at()
    return {account[0]: keys(founded) for account in _charts()["accounts"]}


def _center_keys(school: School) -> dict[str, str]:
    keys, founded = school.source.keys("cost_centers"), school.founded_at()
    return {center[0]: keys(founded) for center in _charts()["centers"]}


def chart_of_accounts(school: School) -> Rows:
    """The chart, parents first."""
    keys, founded = account_keys(school), school.founded_at()
    for code, name, kind, nature, classification in _charts()["accounts"]:
        parts, parent = code.split("."), code.rpartition(".")[0]
        taxed = code.startswith(TAXED)
        row = {"id": keys[code], "code": code, "name": name, "account_type": kind, "nature": nature}
        taxes = {f"{tax}_applicable": taxed for tax in ("cofins", "pis", "csll", "irpj")}
        yield {
            **row,
            **taxes,
            "classification": classification or None,
            "parent_id": keys.get(parent),
            "level": len(parts),
            "allows_posting": len(parts) == 4,
            "is_system": len(parts) < 3,
            "created_at": founded,
            "updated_at": founded,
        }


def cost_centers(school: School) -> Rows:
    """Where money is spent."""
    keys, founded = _center_keys(school), school.founded_at()
    monthly = school.size * 35_000
    for at, (code, name, kind, share) in enumerate(_charts()["centers"]):
        budget = round(monthly * (share or 1.0))
        yield {
            "id": keys[code],
            "code": code,
            "name": name,
            "parent_id": keys.get(code.rpartition(".")[0]),
            "level": 1 + code.count("."),
            "center_type": kind,
            "manager_id": (school.director if at == 0 else school.coordinators[at % len(school.coordinators)]).id,
            "annual_budget_cents": budget * 12,
            "monthly_budget_cents": budget,
            "created_at": founded,
            "updated_at": founded,
        }


def _received(row: Row, bill: Bill) -> Entry:
    account = CASH if row["method"] == "cash" else BANK
    cents, day = to_cents(row["amount"]), row["processed_at"].date()
    who = bill.student.name
    if row["type"] == "refund":
        return Entry(day, f"Devolução a {bill.payer.name}", "invoice", bill.id, [(RETURNS, cents, ""), (account, -cents, "")])
    if not bill.paid_at and bill.part:
        return Entry(day, f"Recebimento parcial – {who}", "invoice", bill.id, [(account, cents, ""), (ADVANCES, -cents, "")])
    lines = [(account, cents, "")]
    if bill.discount:
        lines.append((DISCOUNTS, to_cents(bill.discount), ""))
    for item in bill.items:
        name, amount = item["description"], round(item["amount"] * 100)
        earned = ENROLLMENTS if name == ENROLLMENT else MATERIALS if name == MATERIAL else TUITION
        lines.append((earned, -amount, "100.2" if "Artificial" in name else "100.1" if earned == TUITION else ""))
    return Entry(day, f"Recebimento – {who}", "invoice", bill.id, lines)


def _events(school: School) -> list[Entry]:
    start = school.calendar.last_open_day(month_start(school.calendar.start) + timedelta(days=6))
    capital = school.size * 62_500
    found = [Entry(start, "Integralização de capital", "manual", None, [(BANK, capital, ""), (CAPITAL, -capital, "")])]
    for row, bill, name in movements(school):
        if bill:
            found.append(_received(row, bill))
        else:
            cents, (account, center) = to_cents(row["amount"]), SPENT_ON[name]
            lines = [(account, cents, center), (BANK, -cents, "")]
            found.append(Entry(row["processed_at"].date(), f"{name} do mês", "manual", row["id"], lines))
    for payout in school.payouts:
        if payout["paid_at"]:
            cents = to_cents(payout["amount"])
            lines = [(TEACHERS, cents, "100.1"), (BANK, -cents, "")]
            found.append(Entry(payout["paid_at"].date(), "Repasse a professor", "payable", payout["id"], lines))
    for payroll in school.payroll:
        paid = payroll["paid_amount_cents"]
        if paid:
            spent = payroll["gross_amount_cents"] + payroll["total_additions_cents"]
            lines = [(SALARIES, spent, "100.3"), (BANK, -paid, "")]
            lines += [(WITHHELD[each["description"]], -each["amount_cents"], "") for each in payroll["deductions"]]
            if rest := payroll["net_amount_cents"] - paid:
                lines.append((WAGES_DUE, -rest, ""))
            found.append(Entry(payroll["updated_at"].date(), "Folha de pagamento", "payroll", payroll["id"], lines))
    return found


def entries(school: School) -> list[Entry]:
    """Every entry, numbered month by month in the order of its day."""
    found = _events(school)
    yesterday = school.calendar.days_ago(1)
    wrong_day = school.calendar.last_open_day(school.calendar.days_ago(9))
    wrong = Entry(
        wrong_day, "Compra de cadeiras (lançada em dobro)", "manual", None, [("1.2.01.001", 89_900, ""), (BANK, -89_900, "")]
    )
    undone = Entry(
        school.calendar.last_open_day(school.calendar.days_ago(5)),
        "Estorno: compra de cadeiras",
        "manual",
        None,
        [(BANK, 89_900, ""), ("1.2.01.001", -89_900, "")],
    )
    wrong.reversed_by, undone.reverses = undone, wrong
    found += [wrong, undone]
    found.sort(key=lambda entry: entry.day)
    for _month, several in groupby(found, key=lambda entry: (entry.day.year, entry.day.month)):
        for number, entry in enumerate(several, start=1):
            entry.number = number
    lines = [("4.2.02.003", 12_500, "100.4"), (BANK, -12_500, "")]
    found.append(Entry(yesterday, "Material de limpeza (a conferir)", "manual", None, lines, status="draft"))
    found.append(
        Entry(
            yesterday,
            "Depreciação do mês",
            "adjustment",
            None,
            [("4.2.02.004", 31_000, ""), ("1.2.01.009", -31_000, "")],
            status="draft",
        )
    )
    found.append(Entry(wrong_day, "Lançamento desistido", "manual", None, lines, status="cancelled"))
    keys = school.source.keys("journal_entries")
    for entry in found:
        entry.made = school.calendar.at(entry.day, 18 * 60)
        entry.id = keys(entry.made)
    return found


class Books:
    """The entries of one school, reckoned once for both tables and for the posting."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.entries = entries(school)

    def journal_entries(self) -> Rows:
        """The entries, as drafts."""
        poster = self.school.coordinators[0].id
        for entry in self.entries:
            posted = entry.status == "posted"
            yield {
                "id": entry.id,
                "entry_number": entry.number,
                "reference_date": entry.day,
                "posting_date": entry.day if posted else None,
                "fiscal_year": entry.day.year,
                "fiscal_month": entry.day.month,
                "description": entry.description,
                "source_type": entry.source,
                "source_id": entry.source_id,
                "status": "draft",
                "is_reversal": entry.reverses is not None,
                "reverses_entry_id": entry.reverses.id if entry.reverses else None,
                "created_by": poster,
                "posted_by": poster if posted else None,
                "posted_at": entry.made if posted else None,
                "created_at": entry.made,
                "updated_at": entry.made,
            }

    def journal_entry_lines(self) -> Rows:
        """Their lines."""
        keys: Keys = self.school.source.keys("journal_entry_lines")
        accounts, centers = account_keys(self.school), _center_keys(self.school)
        for entry in self.entries:
            for number, (account, cents, center) in enumerate(entry.lines, start=1):
                yield {
                    "id": keys(entry.made),
                    "entry_id": entry.id,
                    "account_id": accounts[account],
                    "cost_center_id": centers.get(center),
                    "amount_cents": abs(cents),
                    "currency": "BRL",
                    "entry_type": "debit" if cents > 0 else "credit",
                    "line_number": number,
                    "document_date": entry.day,
                    "created_at": entry.made,
                    "updated_at": entry.made,
                }

    def post(self, connection: Connection) -> None:
        """Post what is to be posted, in one go; then take back what was taken back, and cancel what was cancelled."""
        table: Any = JournalEntry.__table__
        own = update(table).where(table.c.organization_id == self.school.id)
        connection.execute(own.where(table.c.entry_number.is_not(None)).values(status="posted", updated_at=table.c.updated_at))
        for entry in self.entries:
            if entry.reversed_by:
                values = {
                    "status": "reversed",
                    "reversed_by_entry_id": entry.reversed_by.id,
                    "updated_at": entry.reversed_by.made,
                }
                connection.execute(own.where(table.c.id == entry.id).values(values))
            elif entry.status == "cancelled":
                connection.execute(own.where(table.c.id == entry.id).values(status="cancelled", updated_at=entry.made))
