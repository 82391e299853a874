"""The report stage: stored scores become records, records and runs become files."""
