"""Pictures and checks of every page, on a stage: the invented world on a server of its own, thrown away each time."""
