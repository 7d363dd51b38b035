"""Where the house meets the machine: settings, addresses, the embedded database, roles, migration and the launcher."""
