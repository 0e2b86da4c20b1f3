"""Corrections (校核): said by a clerk or holder, answered by the issuing department."""
