"""intake (受理): whatever the outside says becomes a report, masked and in its place."""
