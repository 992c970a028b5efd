"""`python -m portfolio_app burst`: a load burst from a terminal, with the receipt that the page shows."""
