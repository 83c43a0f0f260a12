"""Which of nine beams is listened to. Runs under pytest and, unchanged, on MicroPython."""

from device.beams import DWELL, LOST, Beams


def hear(beams, qualities, updates, known=True, own=()):
    """The beams listened to; qualities: of each beam."""
    heard = []
    for _ in range(updates):
        heard.append(beams.beam)
        beams.update(qualities[beams.beam], known, beams.beam in own)
    return heard


def test_the_first_good_beam_ends_the_search():
    beams = Beams(9)
    heard = hear(beams, (30, 50, 80, 90, 0, 0, 0, 0, 0), 5 * DWELL)
    assert heard == [0] * DWELL + [1] * DWELL + [2] * 3 * DWELL
    assert not beams.searching


def test_else_the_best_of_all_is_held():
    beams = Beams(9)
    hear(beams, (30, 50, 20, 10, 10, 62, 61, 0, 0), 9 * DWELL)
    assert (beams.beam, beams.searching) == (5, False)


def test_without_any_beat_the_search_goes_round():
    beams = Beams(3)
    heard = hear(beams, (10, 5, 24), 6 * DWELL)
    assert beams.searching
    assert heard.count(0) >= DWELL and heard.count(1) >= DWELL and heard.count(2) >= DWELL
    assert hear(beams, (10, 80, 24), 4 * DWELL)[-1] == 1


def test_a_lost_beam_is_kept_unless_another_is_clearly_better():
    for other, expected in ((65, 0), (72, 1)):
        beams = Beams(3)
        hear(beams, (60, 20, 20), 3 * DWELL)
        assert not beams.searching
        hear(beams, (60, 20, 20), LOST, known=False)
        assert beams.searching
        hear(beams, (60, other, 20), 3 * DWELL)
        assert (beams.beam, beams.searching) == (expected, False)


def test_a_rate_now_and_then_is_lost_too_and_a_short_gap_is_not():
    beams = Beams(1)
    hear(beams, (80,), DWELL)
    for _ in range(3):
        hear(beams, (80,), LOST - 1, known=False)
        assert not beams.searching
        hear(beams, (80,), LOST)
    for _ in range(LOST):
        hear(beams, (80,), 2, known=False)
        hear(beams, (80,), 1)
        if beams.searching:
            return
    raise AssertionError("two of three seconds without a rate were held")


def test_the_mothers_heart_is_not_taken():
    beams = Beams(3)
    hear(beams, (90, 40, 30), 3 * DWELL, own=(0,))
    assert beams.beam == 1
    assert hear(beams, (90, 90, 30), LOST, own=(1,)) == [1] * LOST
    assert beams.searching
