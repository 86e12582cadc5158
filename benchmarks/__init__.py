"""What the library costs, measured: `python -m benchmarks [NAME…] [--quick]`, or `make bench` for the whole table.

A benchmark is a module with a function that yields measurements; `catalogue` names them. The numbers are kept in
`results/`, with the machine, the versions and the command. It is no part of the library.
"""
