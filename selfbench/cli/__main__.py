"""`python -m selfbench.cli`: the same as the command `selfbench`."""

from selfbench.cli.main import main

main()
