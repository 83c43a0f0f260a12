"""Green channels and referrals: a mother on her way, up and down, and back."""
