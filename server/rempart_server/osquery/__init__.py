"""The first door: osquery's TLS remote API, so that a stock osqueryd is audited as it is."""
