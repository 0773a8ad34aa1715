"""How a service lives as a process: settings, logs, health, HTTP, migrations, its watch."""
