"""What the showcase says of this project: words, the tests that prove them, and the code they are about."""
