"""Everything the service keeps. SQL is written here and nowhere else in cloud/."""
