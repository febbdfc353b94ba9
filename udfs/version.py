"""The package's version: one place, read by the build, by ISO_VERSION and by the template."""

__version__ = "0.2.0"
