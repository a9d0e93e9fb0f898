"""The language that all parts of Rempart speak: check, profile, parameter, waiver, result, verdict."""
