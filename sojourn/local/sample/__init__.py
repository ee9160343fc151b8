"""The sample world: invented operators and facilities, the same for the same seed, always marked as sample.

``small`` has 300 facilities with 12,000 operating beds and 3,000 residents over all eleven members, ``city`` 3,000
with 120,000 and 50,000 residents, ``nation`` 40,000 with 200,000 and a million, in every city and county. No sample
facility is designated: the only bases shown are the real ones.
"""
