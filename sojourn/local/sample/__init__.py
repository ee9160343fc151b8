"""The sample world: invented operators and facilities, the same for the same seed, always marked as sample.

``small`` has 300 facilities with 12,000 operating beds over all eleven members. Its 3,000 residents come
with the registry. No sample facility is designated: the only bases shown are the real ones.
"""
