"""The rewriter from both chairs: what a tenant may try, and what a broker may answer."""
