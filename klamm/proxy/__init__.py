"""The data path: sockets on both sides, and between them one conversation per client, which knows no sockets."""
