"""`python -m mkdocs_hotfix` is `hotfix`, where programs of an environment are not on the path."""

from mkdocs_hotfix.cli import main

if __name__ == "__main__":
    main()
