"""The French texts: the same modules, ids and values as in English."""
