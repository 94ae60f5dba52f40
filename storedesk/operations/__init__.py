"""What a user can do with a desk: one function each, verbs by noun."""
