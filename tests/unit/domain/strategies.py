"""Values of the domain for property tests."""

from hypothesis import strategies as st

# Everything Python calls text, lone surrogates and controls included: what a hostile client can send.
ANY_TEXT = st.text(st.characters(), max_size=60)
USERNAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{1,22}[a-z0-9]", fullmatch=True)
SESSION_IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
