"""Words of a vendor that more than one wire format meets: an export brings them by another vendor's API."""
