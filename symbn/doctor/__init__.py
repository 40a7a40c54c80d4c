"""What a numeric gradient test of batch norm could not have seen: its setting, the usual mistakes, and what hides them."""
