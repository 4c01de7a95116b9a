"""Text in, assertions out, each with its span, confidence and producer.

Comes in: `TextUnit` rows. Goes out: `Assertion` rows. `extractors.registry` lists what runs in a build.
"""
