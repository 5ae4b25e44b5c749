"""The city's main job from end to end, as browsers do it."""
