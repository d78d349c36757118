"""Tables that only place things on the page, as old sites have them: turned into plain boxes, since a reader joins the
cells of a table into one line."""

from typing import Any

_HOLDS_BLOCKS = ".//p | .//h1 | .//h2 | .//h3 | .//table | .//div | .//ul | .//blockquote | .//center | .//hr"
_PARTS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th")


def unwrap_layout(tree: Any) -> None:
    """Make boxes of layout tables, in place: a table of data has text in its cells, not paragraphs and headings."""
    layouts = {table for table in tree.iter("table") if table.xpath(_HOLDS_BLOCKS)}
    for table in layouts:
        for element in table.iter(*_PARTS):
            inner = next((above for above in element.iterancestors("table")), table)
            if element is table or (inner is table and element.tag != "table"):
                element.tag = "div"
