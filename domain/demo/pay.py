"""What teachers and employees are paid: contracts, payouts from the sessions held, payroll in every state."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from domain.demo.calendar import month_end, month_start
from domain.demo.plan import Person, Row, Rows, School
from domain.kit.money import to_cents

MODELS = (("hourly", "58.00"), ("per_class", "85.00"), ("hourly", "64.50"), ("per_class", "92.00"), ("fixed", "2800.00"))
BANKS = (("001", "Banco do Brasil"), ("104", "Caixa Econômica Federal"), ("260", "Nubank"), ("341", "Itaú Unibanco"))
STATES = ("draft", "pending_approval", "approved", "scheduled", "partially_paid", "paid", "cancelled", "disputed")
PENSION, INCOME_TAX = Decimal("0.09"), Decimal("0.075")
MONTHS = 4
STATE_KINDS = ("bonus", "commission", "reimbursement", "advance", "other", "hourly", "bonus", "reimbursement")


def plan(school: School) -> None:
    """Contracts, payouts and payroll, in that order."""
    keys = school.source.keys("teacher_contracts")
    for at, person in enumerate([*school.teachers, *school.staff, *school.coordinators]):
        is_teacher = at < len(school.teachers)
        model, rate = MODELS[at % len(MODELS)] if is_teacher else ("fixed", "2400.00" if person.role == "staff" else "5200.00")
        start = max(person.created.date(), school.founded)
        contract = {"id": keys(person.created), "user_id": person.id, "payment_model": model, "rate": Decimal(rate)}
        school.contracts.append({**contract, "start_date": start, "end_date": None})
    _payouts(school)
    _Payroll(school).plan()


def _approver(school: School, person: Person, at: int) -> Person:
    others = [each for each in (school.director, *school.coordinators) if each is not person]
    return others[at % len(others)]


def _payouts(school: School) -> None:
    keys = school.source.keys("payouts")
    held: dict[tuple[str, date], list[int]] = {}
    for group in school.groups:
        for meeting in group.meetings:
            if meeting.status == "completed":
                length = group.slot.end - group.slot.start
                held.setdefault((group.teacher.id, month_start(meeting.day)), []).append(length)
    for back in range(MONTHS, -1, -1):
        month = month_start(school.today, -back)
        for at, (teacher, contract) in enumerate(zip(school.teachers, school.contracts, strict=False)):
            lengths = held.get((teacher.id, month), [])
            model, rate = contract["payment_model"], contract["rate"]
            counted = {"hourly": Decimal(sum(lengths)) / 60, "per_class": Decimal(len(lengths)), "fixed": Decimal(bool(lengths))}
            amount = (counted[model] * rate).quantize(Decimal("0.01"))
            if not amount:
                continue
            last = month_end(month) if back else school.calendar.days_ago(1)
            closed = school.calendar.at(last + timedelta(days=1), 9 * 60 - 60 * 9)
            status = "paid" if back > 1 else "pending" if not back else ("paid", "approved", "pending")[at % 3]
            day = min(school.calendar.last_open_day(month_start(month, 1) + timedelta(days=6)), school.calendar.days_ago(1))
            if status == "paid" and day < month_start(month, 1):
                status = "approved"  # the month is hardly over
            school.payouts.append(
                {
                    "id": keys(closed),
                    "user_id": teacher.id,
                    "amount": amount,
                    "period_start": month,
                    "period_end": last,
                    "status": status,
                    "approved_by": None if status == "pending" else _approver(school, teacher, at).id,
                    "paid_at": school.calendar.at(day, 15 * 60) if status == "paid" else None,
                }
            )


class _Payroll:
    """Salaries month by month, and one record in each state besides."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.random: Random = school.source.random("payroll")
        self.keys, self.payment_keys = school.source.keys("staff_payroll"), school.source.keys("payroll_payments")
        self.contracts = {contract["user_id"]: contract for contract in school.contracts}
        self.methods = {row["user_id"]: row for row in payment_methods(school) if row["is_default"]}

    def plan(self) -> None:
        """All of it."""
        school = self.school
        employees = [*school.staff, *school.coordinators]
        for back in range(MONTHS, 0, -1):
            for person in employees:
                gross = to_cents(self.contracts[person.id]["rate"])
                status = "paid" if back > 1 or self._due(back) < school.today else "approved"
                self._record(person, back, "salary", gross, status)
        people = [*school.teachers, *employees]
        for turn in range(max(1, school.size // 160)):
            for at, (status, kind) in enumerate(zip(STATES, STATE_KINDS, strict=True)):
                person = people[(turn * len(STATES) + at) % len(people)]
                self._record(person, 1 + at % 2, kind, self.random.randrange(120, 900) * 100, status)

    def _due(self, back: int) -> date:
        return self.school.calendar.last_open_day(month_start(self.school.today, 1 - back) + timedelta(days=4))

    def _record(self, person: Person, back: int, kind: str, gross: int, status: str) -> None:
        school, calendar = self.school, self.school.calendar
        start, due = month_start(school.today, -back), self._due(back)
        calculated = min(calendar.at(month_end(start), 17 * 60), calendar.at(calendar.days_ago(3), 17 * 60))
        paid_at = min(calendar.at(due, 11 * 60), calendar.at(calendar.days_ago(1), 11 * 60))
        deductions, additions = self._lines(kind, gross)
        less, more = (sum(int(each["amount_cents"]) for each in lines) for lines in (deductions, additions))
        net = gross - less + more
        paid = {"paid": net, "partially_paid": net // 2}.get(status, 0)
        approver = _approver(school, person, len(school.payroll))
        approved = status in {"approved", "scheduled", "partially_paid", "paid", "disputed"}
        rate = 5000 if kind == "hourly" else None
        row: Row = {
            "id": self.keys(calculated),
            "contract_id": self.contracts[person.id]["id"],
            "user_id": person.id,
            "period_start": start,
            "period_end": month_end(start),
            "payment_due_date": due,
            "payroll_type": kind,
            "hours_worked": gross / rate if rate else None,
            "hourly_rate_cents": rate,
            "gross_amount_cents": gross,
            "deductions": deductions,
            "total_deductions_cents": less,
            "additions": additions,
            "total_additions_cents": more,
            "net_amount_cents": net,
            "paid_amount_cents": paid,
            "status": status,
            "approved_by": approver.id if approved else None,
            "approved_at": calculated + timedelta(hours=20) if approved else None,
            "calculated_by": school.coordinators[0].id,
            "calculated_at": calculated,
            "paid_at": paid_at if status == "paid" else None,
            "notes": {
                "disputed": "A pessoa contou duas horas a mais: conferir juntos.",
                "cancelled": "Lançado em duplicidade.",
            }.get(status),
            "created_at": calculated,
            "updated_at": max(paid_at, calculated) if paid else calculated,
        }
        school.payroll.append(row)
        self._payments(row, approver, paid, paid_at)

    def _lines(self, kind: str, gross: int) -> tuple[list[Row], list[Row]]:
        if kind != "salary":
            return [], []
        deductions = [
            {"description": "INSS", "amount_cents": int(gross * PENSION)},
            {"description": "IRRF", "amount_cents": int(gross * INCOME_TAX)},
        ]
        return deductions, [{"description": "Vale-transporte", "amount_cents": 18_000}]

    def _payments(self, payroll: Row, payer: Person, paid: int, paid_at: datetime) -> None:
        split = [paid // 2, paid - paid // 2] if paid and len(self.school.payroll) % 5 == 0 else [paid] if paid else []
        for amount in split:
            self._payment(payroll, payer, amount, "completed", paid_at)
        rest = payroll["net_amount_cents"] - paid
        if payroll["status"] == "scheduled":
            self._payment(payroll, payer, rest // 2, "pending", None)
            self._payment(payroll, payer, rest - rest // 2, "processing", None)
        elif payroll["status"] == "partially_paid":
            self._payment(payroll, payer, rest, "failed", paid_at)
        elif payroll["status"] == "disputed":
            self._payment(payroll, payer, rest, "refunded", paid_at)
        elif payroll["status"] == "approved" and payroll["payroll_type"] != "salary":
            self._payment(payroll, payer, rest, "cancelled", None)

    def _payment(self, payroll: Row, payer: Person, amount: int, status: str, moment: datetime | None) -> None:
        method = self.methods[payroll["user_id"]]
        created = payroll["approved_at"]
        number = len(self.school.payroll_payments)
        self.school.payroll_payments.append(
            {
                "id": self.payment_keys(created),
                "payroll_id": payroll["id"],
                "user_id": payroll["user_id"],
                "amount_cents": amount,
                "method_type": "check" if number % 37 == 36 else method["method_type"],
                "payment_method_id": None if number % 37 == 36 else method["id"],
                "reference_code": f"PG-{number + 1:06d}" if status == "completed" else None,
                "scheduled_for": self.school.calendar.at(payroll["payment_due_date"], 11 * 60),
                "processed_at": moment if status in {"completed", "refunded"} else None,
                "failed_at": moment if status == "failed" else None,
                "failure_reason": "Conta de destino não encontrada." if status == "failed" else None,
                "status": status,
                "notes": None,
                "paid_by": payer.id if status != "pending" else None,
                "created_at": created,
                "updated_at": moment or created,
            }
        )


def payment_methods(school: School) -> Rows:
    """Where people want to be paid; some have a second way."""
    keys, random = school.source.keys("payment_methods"), school.source.random("payment_methods")
    for at, person in enumerate([*school.teachers, *school.staff, *school.coordinators]):
        made = person.created
        row: Row = {"user_id": person.id, "is_active": True, "is_verified": at % 6 != 5, "created_at": made, "updated_at": made}
        pix = {"method_type": "pix", "label": "Pix", "pix_key_type": "email", "pix_key": person.email}
        code, bank = BANKS[at % len(BANKS)]
        account = {
            "method_type": "bank_transfer",
            "label": f"{bank} – conta principal",
            "bank_code": code,
            "bank_name": bank,
            "agency_number": f"{random.randrange(9000, 9999)}",
            "account_number": f"00{random.randrange(10_000, 99_999)}-{random.randrange(10)}",
            "account_type": "savings" if at % 4 == 3 else "checking",
            "account_holder_name": person.name,
            "account_holder_document": person.cpf,
        }
        first, second = (pix, account) if at % 2 else (account, pix)
        yield {"id": keys(made), **row, **first, "is_default": True}
        if at % 3 == 0:
            yield {"id": keys(made), **row, **second, "is_default": False}
        if at % 11 == 4:
            wallet = {
                "method_type": "digital_wallet",
                "label": "Carteira digital",
                "wallet_provider": "Carteira Exemplo",
                "wallet_id": person.email,
            }
            yield {"id": keys(made), **row, **wallet, "is_default": False, "is_active": False}


def teacher_contracts(school: School) -> Rows:
    """What each teacher and employee agreed to."""
    yield from school.contracts


def payouts(school: School) -> Rows:
    """What teachers receive, month by month."""
    yield from school.payouts


def staff_payroll(school: School) -> Rows:
    """What employees are owed."""
    yield from school.payroll


def payroll_payments(school: School) -> Rows:
    """How they were paid."""
    yield from school.payroll_payments
