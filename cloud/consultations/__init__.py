"""Consultations: mothers ask doctors, and doctors ask each other about a case."""
