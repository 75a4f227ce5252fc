"""Reports: figures in, sections out, one mail for each reader."""
