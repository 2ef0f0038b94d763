"""Keys made by the thousand are keys like any other."""

from domain.kit.ids import COUNTED, is_id, new_id, new_ids


def test_many_keys_are_keys_in_order_and_none_comes_twice() -> None:
    found = [*new_ids(3), *new_ids(0), *new_ids(1), *new_ids(COUNTED + 5)]
    assert len(set(found)) == len(found) == COUNTED + 9
    assert all(map(is_id, found[:2_000] + found[-2_000:]))
    assert found[4:600_000] == sorted(found[4:600_000])
    before, after = new_id(), new_ids(1)[0]
    assert before[:8] <= after[:8]
    assert len({each[10:22] for each in (new_ids(1)[0] for _try in range(50))}) == 50  # not from a counter alone
