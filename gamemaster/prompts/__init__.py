"""The prompt texts that come with the library, a folder for each language."""
