"""The online school: lessons by week of pregnancy, live dates, and how far each mother is."""
