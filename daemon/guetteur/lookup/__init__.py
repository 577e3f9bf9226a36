"""Facts that need the network: the day a registrable domain was created, asked of its registry (RDAP, else WHOIS).

Nothing here decides *whether* to ask: that takes a person's consent, a suspicion and a budget, which the caller holds.
"""
