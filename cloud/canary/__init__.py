"""The canary: a hidden mother whose synthetic alarm goes the whole way each minute."""
