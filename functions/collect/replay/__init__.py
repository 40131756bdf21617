"""Rejected events judged again by the latest workspace, or dropped, at an operator's word."""
