"""The published JSON Schemas. Installed as `mkdocs_hotfix.schemas`, so that they travel with the package."""
