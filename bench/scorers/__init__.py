"""How well alarms match a known truth."""
