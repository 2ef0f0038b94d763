"""Fiscal documents: services billed to families, goods and services bought, and the taxes withheld on the latter."""

from datetime import timedelta
from random import Random

from domain.demo.calendar import month_end, month_start
from domain.demo.names import cnpj
from domain.demo.plan import Bill, Row, Rows, School
from domain.kit.documents import nfe_key_check_digit
from domain.kit.money import to_cents

EVERY = 9  # a document for each ninth paid tuition
ISS, PIS, COFINS = 0.02, 0.0065, 0.03
STATES = (
    "authorized",
    "authorized",
    "authorized",
    "pending",
    "authorized",
    "draft",
    "authorized",
    "rejected",
    "authorized",
    "cancelled",
)
SUPPLIERS = (
    ("Papelaria Cometa Ltda.", "nfe"),
    ("Limpeza Aurora Ltda.", "nfse"),
    ("Livros do Zodíaco Ltda.", "nfe"),
    ("Manutenção Órbita Ltda.", "nfse"),
)
RATES = {"irrf": 1.5, "pis": 0.65, "cofins": 3.0, "csll": 1.0, "inss": 11.0, "iss": 2.0}
COLUMNS = {"irrf": "ir", "pis": "pis", "cofins": "cofins", "csll": "csll", "inss": "inss", "iss": "iss"}


def _own_cnpj(school: School) -> str:
    return cnpj(school.source.random("cnpj"))


def _issued(school: School, bill: Bill, number: int, random: Random) -> Row:
    assert bill.paid_at is not None
    total, day = to_cents(bill.payable), bill.paid_at.date()
    made = bill.paid_at + timedelta(hours=1)
    status = STATES[number % len(STATES)]
    return {
        "document_type": "nfse",
        "document_number": None if status == "draft" else f"{number:06d}",
        "series": "A",
        "verification_code": f"{random.randrange(16**8):08X}" if status in {"authorized", "cancelled"} else None,
        "issue_date": day,
        "competence_date": day.replace(day=1),
        "issuer_id": school.id,
        "issuer_document": _own_cnpj(school),
        "issuer_name": school.name,
        "recipient_id": bill.payer.id,
        "recipient_document": bill.payer.cpf,
        "recipient_name": bill.payer.name,
        "total_amount_cents": total,
        "net_amount_cents": total,
        "iss_amount_cents": round(total * ISS),
        "iss_rate": ISS * 100,
        "pis_amount_cents": round(total * PIS),
        "cofins_amount_cents": round(total * COFINS),
        "service_code": "8.02",
        "service_description": "Ensino de idiomas e de inteligência artificial.",
        "city_service_code": "08.02.01",
        "status": status,
        "cancelled_at": made + timedelta(days=1) if status == "cancelled" else None,
        "cancellation_reason": "Dados do tomador incorretos." if status == "cancelled" else None,
        "invoice_id": bill.id,
        "created_at": made,
        "updated_at": made,
    }


def _bought(school: School, months: int, number: int, random: Random) -> tuple[Row, list[Row]]:
    name, kind = SUPPLIERS[number % len(SUPPLIERS)]
    # A supplier keeps its CNPJ from one document to the next.
    supplier = cnpj(school.source.random("supplier", name))
    day = school.calendar.last_open_day(month_start(school.today, -months).replace(day=8 + number % 12))
    made = school.calendar.at(day, 11 * 60)
    total = random.randrange(400, 2600) * 100
    row: Row = {
        "document_type": kind,
        "document_number": f"{9000 + number}",
        "series": "1",
        "issue_date": day,
        "competence_date": day.replace(day=1),
    }
    if kind == "nfe":
        first = f"35{day:%y%m}{supplier}55001{9000 + number:09d}1{random.randrange(10**8):08d}"
        row["access_key"] = first + nfe_key_check_digit(first)
        withheld: list[Row] = []
    else:
        withheld = [{"tax_type": tax, "rate": rate, "amount_cents": round(total * rate / 100)} for tax, rate in RATES.items()]
    for each in withheld:
        row[f"{COLUMNS[each['tax_type']]}_amount_cents"] = each["amount_cents"]
        row[f"{COLUMNS[each['tax_type']]}_withheld"] = True
    own = {"recipient_id": school.id, "recipient_document": _own_cnpj(school), "recipient_name": school.name}
    net = total - sum(each["amount_cents"] for each in withheld)
    amounts = {
        "total_amount_cents": total,
        "net_amount_cents": net,
        "status": "authorized",
        "created_at": made,
        "updated_at": made,
    }
    return {**row, **own, **amounts, "issuer_document": supplier, "issuer_name": name}, withheld


def _documents(school: School) -> list[tuple[Row, list[Row]]]:
    keys, random = school.source.keys("fiscal_documents"), school.source.random("fiscal_documents")
    found: list[tuple[Row, list[Row]]] = []
    paid = [bill for bill in school.bills if bill.paid_at and bill.tuition and bill.payer.cpf]
    found += [(_issued(school, bill, number, random), []) for number, bill in enumerate(paid[::EVERY], start=1)]
    for number in range(max(4, school.size // 20)):
        found.append(_bought(school, 1 + number % 3, number, random))
    return [({"id": keys(row["created_at"]), **row}, withheld) for row, withheld in found]


def fiscal_documents(school: School) -> Rows:
    """Documents issued to families and received from suppliers."""
    for row, _withheld in _documents(school):
        yield row


def tax_withholdings(school: School) -> Rows:
    """The taxes withheld from those who work for the school."""
    keys, random = school.source.keys("tax_withholdings"), school.source.random("tax_withholdings")
    for row, withheld in _documents(school):
        for each in withheld:
            due = month_start(row["issue_date"], 1).replace(day=20)
            state = "pending" if due >= school.today else "cancelled" if random.random() < 0.05 else "paid"
            paid_at = school.calendar.at(school.calendar.last_open_day(due), 14 * 60) if state == "paid" else None
            yield {
                "id": keys(row["created_at"]),
                "fiscal_document_id": row["id"],
                **each,
                "base_amount_cents": row["total_amount_cents"],
                "due_date": due,
                "paid_at": paid_at,
                "payment_reference": f"DARF {random.randrange(10**9):09d}" if paid_at else None,
                "status": state,
                "period_start": row["competence_date"],
                "period_end": month_end(row["competence_date"]),
                "beneficiary_document": row["issuer_document"],
                "beneficiary_name": row["issuer_name"],
                "created_at": row["created_at"],
                "updated_at": paid_at or row["created_at"],
            }
