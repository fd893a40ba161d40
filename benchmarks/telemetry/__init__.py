"""What lesser telemetry and a history change: recall by track, slow beacons, size of the ledger."""
