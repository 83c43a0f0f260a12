"""The pregnancy record of each mother: risk, plan, home values, advice, team and tasks."""
