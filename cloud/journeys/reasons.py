"""Usual reasons on the forms of green channels and referrals; whoever wants writes another."""

NOT_COMING = (
    "she goes to another hospital",
    "she stays at home after a talk with the doctor",
    "she could not be reached",
)
DECLINED = (
    "no bed is free",
    "another hospital is better for her",
    "she can be looked after where she is",
)
WITHDRAWN = (
    "she does not want it",
    "her condition has changed",
    "she goes to another hospital",
)
TRAVELS = ("ambulance", "she comes by herself", "taken by her family")
REASONS = {
    "coming": NOT_COMING,
    "declined": DECLINED,
    "withdrawn": WITHDRAWN,
    "travels": TRAVELS,
}
