"""A load burst: what may be asked for, the four ledgers it leaves, and the receipt that joins them."""
