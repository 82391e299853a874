"""One thin file per verb: parse, call the API, print."""
