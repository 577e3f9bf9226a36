"""``python -m guetteur``."""

from guetteur.cli import main

if __name__ == "__main__":
    main()
