"""What the service answers to: the OpenAPI document, and the same as a table for people."""
