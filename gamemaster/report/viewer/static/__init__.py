"""The page's style and scripts, as they stand in the package; `page` puts them into one file."""
