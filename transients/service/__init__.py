"""Settings into running roles. Nothing imports this room but the commands."""
