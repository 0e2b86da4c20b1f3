"""Tests of the pages and the API, over a fake platform."""
