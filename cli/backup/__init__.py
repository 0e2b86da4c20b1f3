"""`zhongtai backup` and `zhongtai restore`: database and objects together, to any moment."""
