"""Who may see what: each tenant's namespace, the mapping of names into and out of it, and the cluster it is shown."""
