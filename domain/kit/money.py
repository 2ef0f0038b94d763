"""Money: a Decimal with two places, in reais unless said otherwise. Never a float outside a column's own storage."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999.99")  # a REAL keeps fifteen digits exactly: two places of ten thousand million are safe


def to_money(value: object) -> Decimal:
    """A Decimal with two places; ValueError if it isn't a number or has more than two places."""
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise ValueError("not an amount of money") from None
    if not number.is_finite() or number.copy_abs() > LARGEST:  # abs() would round, and overflow on the largest
        raise ValueError("not an amount of money")
    rounded = number.quantize(CENT, rounding=ROUND_HALF_EVEN)
    if rounded != number:
        raise ValueError("more than two places")
    return rounded


def from_cents(cents: int) -> Decimal:
    """An amount in reais from whole cents."""
    return Decimal(cents).scaleb(-2)


def to_cents(amount: Decimal) -> int:
    """Whole cents from an amount with two places."""
    return int(to_money(amount).scaleb(2))
