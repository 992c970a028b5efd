"""The bus: within a process, or through Redis between several."""
