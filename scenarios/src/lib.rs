//! Scenario files: strict YAML with units, pointed errors and a JSON Schema.
