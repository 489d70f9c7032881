"""mkdocs-hotfix: the hot-fix process as policy, records, pages and a gate."""
