"""What members share: offers, requests and how they meet; who has which box."""
