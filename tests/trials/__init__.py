"""Trials: long tests of what random moments, full disks, and hours do; `make trials` runs them."""
