"""The commands, one file each; every module has its click command as ``command``."""
