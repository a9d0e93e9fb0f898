"""The pipeline: request, settings, recognise, host checks, render, examine, finish."""
