"""Risk as arithmetic: from verdicts, criticality and controls to numbers that can be recomputed by hand; all pure."""
