"""The case library: strips with an expert's reading to learn from, with consent, without names."""
