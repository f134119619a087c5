"""`python -m kawal` is `kawal`."""

from kawal.cli import main

if __name__ == "__main__":
    main()
