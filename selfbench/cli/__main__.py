"""`python -m selfbench.cli`: the same as the command `selfbench`."""

from selfbench.cli.main import main

if __name__ == "__main__":  # worker processes import this file too
    main()
