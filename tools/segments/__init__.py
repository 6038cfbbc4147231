"""Groups of users: rules saved in `metrics.yaml`, and the groups that RFM, lifecycle and value tiers make."""
