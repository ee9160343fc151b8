"""The sample world: invented operators and facilities, the same for the same seed, always marked as sample.

``small`` has 300 facilities with 12,000 operating beds over all eleven members, ``city`` 3,000 with 120,000
and ``nation`` 40,000 with 200,000, in every city and county. Residents come with the registry. No sample
facility is designated: the only bases shown are the real ones.
"""
