"""The viewer: a run to be read in a browser, as one file from disk or served on this machine."""


__all__ = []
