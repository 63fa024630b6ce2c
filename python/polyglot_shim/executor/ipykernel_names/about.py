"""The version of ipykernel that these names are taken from, and its protocol's."""

version_info = (7, 4, 0)
__version__ = "7.4.0"
kernel_protocol_version_info = (5, 6)
kernel_protocol_version = "5.6"
