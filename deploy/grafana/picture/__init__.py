"""A picture of what there is to see: panels drawn from a ledger, by the SQL of the dashboards."""
