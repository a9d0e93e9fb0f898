"""The same for programs: JSON, with its description in OpenAPI."""
