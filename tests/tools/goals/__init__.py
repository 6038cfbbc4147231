"""Tests of the tools that follow goals."""
