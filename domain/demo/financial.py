"""What the school sells and bills, what came in and went out. Every sum adds up to the cent."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from domain.demo.calendar import month_start
from domain.demo.people import guardians
from domain.demo.plan import Bill, Membership, Person, Row, Rows, School
from domain.demo.source import Keys

ENROLLMENT, MATERIAL = "Matrícula", "Material didático"
TUITION = {"english": "Mensalidade Inglês", "intelligence": "Mensalidade Inteligência Artificial"}
PRODUCTS = (
    (ENROLLMENT, "Taxa única de matrícula.", "180.00", "enrollment", "once", True),
    (TUITION["english"], "Duas aulas por semana.", "430.00", "tuition", "monthly", True),
    (TUITION["intelligence"], "Aulas no laboratório.", "390.00", "tuition", "monthly", True),
    (MATERIAL, "Livro e caderno do nível.", "145.50", "material", "once", True),
    ("Exame de nível", "Prova com certificado.", "95.00", "other", "once", True),
    ("Anuidade do clube de leitura", "Empréstimo de livros e encontros.", "120.00", "other", "yearly", True),
    ("Oficina de férias", "Uma semana em julho.", "260.00", "other", "once", False),
)
DISCOUNTS = (
    ("Irmãos", "percentage", 10.0, {"siblings": 2}, True),
    ("Pontualidade", "fixed", 20.0, {"days_early": 5}, True),
    ("Bolsa parcial", "percentage", 50.0, {"approved_by": "school"}, True),
    ("Campanha de inverno", "percentage", 15.0, {"until": "07-31"}, False),
)
PRICES = {name: Decimal(price) for name, _about, price, *_rest in PRODUCTS}
EARLY, SIBLINGS = Decimal(20), Decimal(10)
METHODS, METHOD_WEIGHTS = ("pix", "card", "boleto", "cash"), (55, 20, 20, 5)
DUE_DAY, DAYS_AHEAD = 10, 31
EXPENSES = (
    ("boleto", "3.60", "Aluguel"),
    ("boleto", "0.55", "Energia e internet"),
    ("pix", "0.42", "Limpeza"),
    ("card", "0.30", "Divulgação"),
)


class _Billing:
    """Bills a school's students, one after the other."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.keys: Keys = school.source.keys("invoices")
        self.random = school.source.random("invoices")
        self.payers = guardians(school)
        counts: dict[int, int] = {}
        for student in school.students:
            if student.active and student.family >= 0:
                counts[student.family] = counts.get(student.family, 0) + 1
        self.siblings = {student.id for student in school.students if counts.get(student.family, 0) > 1}

    def bill(self, student: Person, names: list[str], due: date) -> None:
        """One invoice, and what became of it."""
        random, calendar = self.random, self.school.calendar
        items = [{"description": name, "quantity": 1, "amount": float(PRICES[name])} for name in names]
        amount = sum((PRICES[name] for name in names), Decimal(0))
        tuition = sum((PRICES[name] for name in names if name in TUITION.values()), Decimal(0))
        discount = (tuition * SIBLINGS / 100).quantize(Decimal("0.01")) if student.id in self.siblings else Decimal(0)
        made = calendar.at(
            calendar.last_open_day(min(due - timedelta(days=15), calendar.days_ago(1))), 9 * 60 + random.randrange(90)
        )
        bill = Bill(self.keys(made), self.payers.get(student.id, student), student, items, discount, amount, due, "pending", made)
        bill.tuition = tuition
        chance, overdue = random.random(), due < self.school.today
        if chance < 0.03:
            bill.status = "cancelled"
            bill.refunded = chance < 0.012 and overdue
        elif chance < (0.93 if overdue else 0.35):
            self._pay(bill)
        else:
            bill.status = "overdue" if overdue else "pending"
            if chance > 0.985:
                bill.part = (bill.payable / 2).quantize(Decimal("0.01"))
                bill.method = "pix"
        self.school.bills.append(bill)

    def _pay(self, bill: Bill) -> None:
        random, calendar = self.random, self.school.calendar
        latest = min(bill.due + timedelta(days=4), calendar.days_ago(1))
        first = calendar.last_open_day(bill.due - timedelta(days=12))
        day = max(first, latest - timedelta(days=random.randrange(0, 14)))
        if day > calendar.days_ago(1):
            return  # too fresh to have been paid
        bill.status, bill.method = "paid", random.choices(METHODS, METHOD_WEIGHTS)[0]
        bill.paid_at = max(calendar.at(day, random.randrange(8 * 60, 21 * 60)), bill.created + timedelta(minutes=10))
        if bill.tuition and (bill.due - day).days >= 5:
            bill.discount += EARLY


def plan(school: School) -> None:
    """Bill everyone of the present term."""
    billing = _Billing(school)
    by_student: dict[str, list[Membership]] = {}
    for membership in school.memberships:
        if membership.group.term.dates.is_current:
            by_student.setdefault(membership.student.id, []).append(membership)
    for several in by_student.values():
        student, began = several[0].student, min(each.since for each in several)
        courses = {each.group.course.code for each in several}
        billing.bill(student, [ENROLLMENT, *([MATERIAL] * len(courses))], began.date() + timedelta(days=5))
        month = month_start(school.calendar.start)
        while (due := month.replace(day=DUE_DAY)) <= school.today + timedelta(days=DAYS_AHEAD):
            attending = {
                each.group.course.code
                for each in several
                if each.since.date() <= due and (each.until is None or each.until.date() > due)
            }
            if attending:
                billing.bill(student, sorted(TUITION[code] for code in attending), due)
            month = month_start(month, 1)


def products(school: School) -> Rows:
    """What is sold."""
    keys, founded = school.source.keys("products"), school.founded_at()
    for name, about, price, kind, recurrence, active in PRODUCTS:
        row = {"id": keys(founded), "name": name, "description": about, "price": Decimal(price)}
        yield {**row, "type": kind, "recurrence": recurrence, "is_active": active}


def discounts(school: School) -> Rows:
    """What is given."""
    keys, founded = school.source.keys("discounts"), school.founded_at()
    for name, kind, value, conditions, active in DISCOUNTS:
        row = {"id": keys(founded), "name": name, "type": kind, "value": value}
        yield {**row, "conditions": conditions, "is_active": active}


def invoices(school: School) -> Rows:
    """Every bill."""
    for number, bill in enumerate(school.bills, start=1):
        yield {
            "id": bill.id,
            "payer_id": bill.payer.id,
            "student_id": bill.student.id,
            "amount": bill.amount,
            "discount_amount": bill.discount,
            "due_date": bill.due,
            "paid_at": bill.paid_at,
            "status": bill.status,
            "payment_method": bill.method,
            "external_id": f"FAT-{number:06d}",
            "items": bill.items,
        }


def movements(school: School) -> Iterator[tuple[Row, Bill | None, str]]:
    """All transactions with their bill, or with what an expense was for."""
    keys, random = school.source.keys("transactions"), school.source.random("transactions")
    number = 0

    def row(bill: Bill | None, amount: Decimal, kind: str, method: str, when: object) -> Row:
        nonlocal number
        number += 1
        made: Row = {"invoice_id": bill.id if bill else None, "amount": amount, "type": kind, "method": method}
        return {"id": keys(when), **made, "external_id": f"TRX-{number:07d}", "processed_at": when}  # type: ignore[arg-type]

    for bill in school.bills:
        if bill.paid_at:
            yield row(bill, bill.payable, "income", bill.method or "pix", bill.paid_at), bill, ""
        elif bill.part:
            yield row(bill, bill.part, "income", "pix", bill.created + timedelta(hours=5)), bill, ""
        elif bill.refunded:
            paid = bill.created + timedelta(hours=30)
            yield row(bill, bill.payable, "income", "pix", paid), bill, ""
            yield row(bill, bill.payable, "refund", "pix", paid + timedelta(hours=49)), bill, ""
    month = month_start(school.calendar.start)
    while month <= school.today:
        for at, (method, weight, name) in enumerate(EXPENSES):
            day = school.calendar.last_open_day(month.replace(day=5 + 3 * at))
            if day < school.today:
                cents = Decimal(random.randrange(0, 4000)) / 100
                amount = (Decimal(weight) * 9 * school.size + cents).quantize(Decimal("0.01"))
                yield row(None, amount, "expense", method, school.calendar.at(day, 10 * 60 + at)), None, name
        month = month_start(month, 1)


def transactions(school: School) -> Rows:
    """Money that moved."""
    for row, _bill, _name in movements(school):
        yield row
