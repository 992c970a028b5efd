"""A fake for each port, under the port's own name; the contract tests hold them to the same promises."""
