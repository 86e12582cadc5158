"""Lists the packages under their public names; everything else about the build stands in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = {"gamemaster.components": "components", "gamemaster.memory": "memory", "gamemaster.examples": "examples"}

# find_packages follows the links gamemaster/components and so on, which an sdist lacks: leave them out, add the folders.
packages = find_packages(include=["gamemaster", "gamemaster.*"], exclude=[*FOLDERS, *(f"{name}.*" for name in FOLDERS)])
for name, folder in FOLDERS.items():
    packages += [name, *(f"{name}.{inner}" for inner in find_packages(folder))]

setup(packages=packages, package_dir={"gamemaster": "gamemaster", **FOLDERS})
