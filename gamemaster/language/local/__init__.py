"""The engine that runs local models: many requests in one batch, each distinct prefix computed once.

Bookkeeping (`prefix_tree`, `planning`, `option_tree`) never imports torch; `slab`, `runner` and `drawing` do, when they are used.
"""
