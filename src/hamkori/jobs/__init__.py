"""The clock's door: jobs as hk_clock. They import actions and queries, never models, and never the vault."""
