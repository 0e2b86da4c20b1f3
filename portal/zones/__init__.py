"""Two zones: public pages on the internet's side, everything else inside, messages between.

`docs/zones.md` says how. `python -m portal.zones outer|inner`.
"""
