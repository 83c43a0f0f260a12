import pytest

from models.advice import ADVICE_VERSION, BY_ID, RULES, TRANSITIONS, Phase, Value, advise, after
from models.alerts import NotAllowed
from models.reports import Report, Reports

H, DAY = 3600.0, 86400.0


def bp(at_s: float, systolic: int, diastolic: int) -> Value:
    return Value(at_s, "pressure", systolic, diastolic)


def said(now: Value, *before: Value) -> str | None:
    found = advise(before, now)
    return found.rule.id if found else None


@pytest.mark.parametrize(
    ("systolic", "diastolic", "rule"),
    [
        (134, 84, None),
        (135, 70, "pressure_home"),
        (120, 85, "pressure_home"),
        (140, 80, "pressure_raised"),
        (120, 90, "pressure_raised"),
        (159, 109, "pressure_raised"),
        (160, 80, None),  # the catalogue's: an alert
        (120, 110, None),
    ],
)
def test_one_pressure(systolic, diastolic, rule):
    assert said(bp(0, systolic, diastolic)) == rule


def test_twice_high_is_a_finding_and_a_low_one_afterwards_is_none():
    first = bp(0, 145, 92)
    assert said(bp(2 * H, 142, 88), first) == "pressure_raised"
    assert said(bp(5 * H, 142, 88), first) == "pressure_hypertension"
    assert said(bp(8 * DAY, 142, 88), first) == "pressure_raised"
    assert said(bp(10 * H, 120, 75), first, bp(5 * H, 142, 88)) is None
    assert said(bp(10 * H, 136, 80), first, bp(5 * H, 142, 88)) == "pressure_home"


@pytest.mark.parametrize(
    ("value", "context", "rule"),
    [
        (3.2, "fasting", None),  # the catalogue's
        (3.3, "random", "glucose_low"),
        (3.9, "random", None),
        (5.2, "fasting", None),
        (5.3, "fasting", "glucose_fasting"),
        (7.8, "1 h", "glucose_1 h"),
        (6.7, "2 h", "glucose_2 h"),
        (9.9, "random", None),
        (11.1, "2 h", None),  # the catalogue's
    ],
)
def test_glucose(value, context, rule):
    assert said(Value(0, "glucose", value, context=context)) == rule


def test_weight_against_the_newest_that_is_old_enough():
    def kg(day: float, value: float) -> Value:
        return Value(day * DAY, "weight", value)

    assert said(kg(7, 71.1), kg(0, 70)) == "weight_gain"
    assert said(kg(7, 71.0), kg(0, 70)) is None
    assert said(kg(4, 75.0), kg(0, 70)) is None  # too soon to tell
    found = advise([kg(0, 70), kg(3, 70.5)], kg(10, 72))
    assert found is not None
    assert found.args == {"gain": 1.5, "days": 7}


def test_oxygen_and_what_no_rule_is_about():
    assert said(Value(0, "spo2", 94)) == "spo2_low"
    assert said(Value(0, "spo2", 95)) is None
    assert said(Value(0, "spo2", 89)) is None  # the catalogue's
    assert said(Value(0, "temperature", 37.8)) is None


@pytest.mark.parametrize("value", [160.0, 180.0, 110.0])
def test_what_gets_no_advice_for_being_severe_is_an_alert(value):
    report = Report(0.0, "pressure", value, 112.0)
    assert [one.rule.id for one in Reports().put(report)] == ["pressure_repeat"]
    for glucose, alert in ((3.2, "glucose_low"), (11.1, "glucose_high")):
        assert [c.rule.id for c in Reports().put(Report(0.0, "glucose", glucose))] == [alert]


def test_words_have_their_values_and_every_rule_a_source():
    args = {"systolic": 142, "diastolic": 92, "value": 5.6, "gain": 1.5, "days": 7}
    for rule in RULES:
        assert "%" not in rule.text % args
        assert rule.source
    assert len(BY_ID) == len(RULES)
    assert ADVICE_VERSION


def test_only_what_is_proposed_can_be_decided():
    assert after(Phase.PROPOSED, "approve") is Phase.SENT
    for phase in (Phase.SENT, Phase.DISMISSED, Phase.WITHDRAWN):
        for event in {event for _, event in TRANSITIONS}:
            with pytest.raises(NotAllowed):
                after(phase, event)
