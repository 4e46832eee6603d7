"""Locks across processes: held by one, refused to others, and free again at once."""

from data import locks


def test_a_held_lock_is_refused_to_others(stores: dict[str, str]) -> None:
    with locks.try_hold("one") as held:
        assert held is not None
        assert held.is_held()
        with locks.try_hold("one") as second, locks.try_hold("another") as other:
            assert second is None
            assert other is not None


def test_a_lock_given_back_can_be_taken_at_once(stores: dict[str, str]) -> None:
    for _ in range(50):
        with locks.try_hold("one") as held:
            assert held is not None
