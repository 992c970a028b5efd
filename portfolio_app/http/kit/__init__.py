"""What the pages are built of: pure functions of Vars and event handlers.

No component knows a state. Class names live here, one place each; what they
look like lives in the file of the same name under `assets/css/`.
"""
