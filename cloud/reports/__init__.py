"""Printed reports: a recording on A4 at true scale, with what was found and who has read it."""
