"""Where a reported page lies: its DNS records, its certificate, its registrar and its network; asked when agreed to.

::

    name ─┬─ DNS: addresses ─┬─ certificate (TLS, nothing is asked of the site beyond the hand-shake)
          │                  ├─ registry of the address (RDAP)
          │                  └─ network that announces it (DNS)
          ├─ DNS: name servers, mail servers, texts
          └─ registry of the domain (RDAP)
"""

from guetteur.reports.network.found import Network
from guetteur.reports.network.inquiry import Questions, gather

__all__ = ["Network", "Questions", "gather"]
