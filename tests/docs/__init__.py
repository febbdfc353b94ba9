"""The documentation site: built strictly, opened, searched, measured for who cannot see well."""
