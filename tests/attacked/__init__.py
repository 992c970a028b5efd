"""Every handler and every route that a client can reach, attacked in turn by visitors of every kind."""
