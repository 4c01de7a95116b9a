"""The Cypher door: questions in Cypher from anybody, on a server of their own that may die without harm.

Comes in: a text and values for its parameters. Goes out: rows and how complete they are, or the reason why not.
`guard` says what may run, `lane` keeps a server alive, `door` joins them, `draft` lets a model write a first version.
"""
