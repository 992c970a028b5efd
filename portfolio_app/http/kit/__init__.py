"""Components that belong to no feature: pure functions of Vars and event handlers.

No component knows a state. A class name is written in one place, and what it looks like stands in a stylesheet
beside the Python that uses it.
"""
