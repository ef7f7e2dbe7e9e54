"""The national protocol: what one-stop software already speaks, answered unchanged.

Calls, fields and codes are described for their developers in docs/integration.md.
"""
