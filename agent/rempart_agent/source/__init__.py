"""What a table sees of a target: Target, Column, Query, SourceError, masks; Python 3.8, travels."""
