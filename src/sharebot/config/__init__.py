"""The operator's settings: one TOML file, overridden by the environment; secrets only from the latter."""
