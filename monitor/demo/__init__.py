"""A miniature web on this machine: two dozen invented sites that `monitor demo` serves and reads.

Media, articles and figures are made up; the towns are real. What each article is for stands beside it in
`sites/*.toml`: which story it belongs to, or why it must not be taken.
"""

from monitor.demo.addresses import Addresses
from monitor.demo.content import Demand, Site, demands, sites
from monitor.demo.home import DEMO_NOW, make_home
from monitor.demo.server import serve

__all__ = ["DEMO_NOW", "Addresses", "Demand", "Site", "demands", "make_home", "serve", "sites"]
