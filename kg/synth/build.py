"""How does the community come about? The draws in order, from arguments to a `World`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kg.synth.draw_people import admit, draw_people, organization_count
from kg.synth.draw_projects import Circles, draw_projects
from kg.synth.draw_works import draw_works
from kg.synth.lexicon import lexicon
from kg.synth.mixes import Mix
from kg.synth.world import World, generator


def build_world(
    people: int, works: int, projects: int, seed: int, mix: Mix, progress: Callable[[int], None] = lambda _: None
) -> World:
    """The community of these arguments. `progress` hears how many works were drawn."""
    words = lexicon()
    everybody, voices = draw_people(words, people, seed, mix)
    circles = Circles(generator(seed, 6), words, everybody)
    grants, planted = draw_projects(words, everybody, circles, voices, projects, seed, mix)
    admit(everybody, grants.member)
    papers = draw_works(words, everybody, grants, circles, voices, works, seed, mix, progress)
    world = World(
        seed, mix, organization_count(people), everybody, grants, papers, circles.order.astype(np.int32), planted
    )
    world.index()
    return world
