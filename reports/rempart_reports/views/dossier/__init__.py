"""The report that is handed on: its numbers out of a store's answers, and the parts in which it tells them."""
