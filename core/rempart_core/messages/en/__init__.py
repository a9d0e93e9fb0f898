"""The English texts: one module for each area, which is what stands before the first dot of an id."""
