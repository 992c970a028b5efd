"""OpenTelemetry spans of the running site, and the live feed made from them."""
