"""An invented research community with its truth, in the native formats of the four sources.

Comes in: numbers of people and works, a seed, a mix of difficulties. Goes out: a folder of native files and
`truth/`. It draws from its own tables and knows nothing of loaders, matching or the graph.
"""
