"""Tests of the tools that watch a metric."""
