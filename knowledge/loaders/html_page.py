"""What of an HTML page is its document, and what its frame: menus, side bars, notices, comments."""

import re
from collections.abc import Sequence
from typing import Any

_NEVER_SHOWN = (
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video",
    "input", "select", "textarea", "meta", "link", "base", "head", "nav", "dialog", "datalist", "option",
)  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_FRAME = re.compile(  # classes and ids of elements that are never part of a document
    r"(?:(?:site|page|main|global|top|left|right|article|post|entry|wp)[-_]?)?"
    r"(?:breadcrumbs?|nav(?:bar|igation)?|side-?bar|footer|masthead|top-?bar|cookies?|consent|gdpr|comments?|respond"
    r"|pagination|pager|newsletter|ad[-_](?:slot|unit|box|container|wrapper|banner|block)|advert(?:s|isements?)?|ads|adsbygoogle|sponsored|sharedaddy|addtoany|skip-?link)"
    r"(?:[-_](?:wrapper|container|bar|list|section|box|area|block|links?|buttons?|icons?|widget|banner|notice|inner"
    r"|form|popup|modal|overlay|message|\d+))?",
    re.IGNORECASE,
)
_MAYBE_FRAME = re.compile(  # words in classes of what is frame if it is mostly links, or but a few letters
    r"(?:^|[-_\s])(?:shar(?:e|ing)|social|related|recommend(?:ed|ations?)?|popular|trending|menu|toc|tags?|links|banner"
    r"|promo|more|meta|byline|subscribe|login|search|toolbar|actions?)(?=$|[-_\s])",
    re.IGNORECASE,
)
_MOST_OF_LINKS = 0.5
_NOTHING_BUT_LINKS = 0.8
_FEWEST_LINKS = 3
_LONGEST_FRAGMENT = 30
_MOST_OF_PAGE = 0.5


class Page:
    """A parsed page: its root is the element that holds the document."""

    def __init__(self, tree: Any) -> None:
        from lxml import etree

        stated = _find_title(tree)
        etree.strip_elements(tree, *_NEVER_SHOWN, with_tail=False)
        for button in tree.xpath(
            "//button[not(ancestor::h1|ancestor::h2|ancestor::h3|ancestor::h4|ancestor::summary)]"
        ):
            button.text, button[:] = None, []
        self.root = _find_root(tree)
        self._is_framed = self.root.tag == "body"
        self._length = len(self.root.text_content())
        headings = [words for words in map(_read_words, self.root.iter("h1")) if words]
        self.title, self._heading = _choose_title(stated, headings)
        self.heading_outside = ""
        if not headings and not self._is_framed:
            self.heading_outside = next(filter(None, map(_read_words, tree.iter("h1"))), "")
            self.title = self.heading_outside or self.title
        self._above = _find_links_above(self.root) if self._is_framed else set()

    def is_left_out(self, element: Any) -> bool:
        """Tell whether an element is no part of the document; never one that holds most of the page."""
        if _is_hidden(element):
            return True
        if element.tag in _HEADINGS or not self._looks_like_frame(element):
            return False
        return len(element.text_content()) <= _MOST_OF_PAGE * self._length

    def _looks_like_frame(self, element: Any) -> bool:
        if element in self._above:
            return True
        if element.tag == "footer":
            return True
        if element.tag == "header":
            return self._is_framed and not any(
                _read_words(heading) == self._heading or not self._heading
                for heading in element.iter(*_HEADINGS)
            )
        if element.tag not in ("div", "section", "aside", "ul", "ol", "p", "span", "form", "table"):
            return False
        names = (element.get("class") or "").split()
        if element.tag != "section" and "section" not in names:  # whose ids are made from their headings
            names.append(element.get("id") or "")
        if any(map(_FRAME.fullmatch, names)):
            return True
        is_doubtful = element.tag in ("aside", "form") or _MAYBE_FRAME.search(element.get("class") or "")
        return bool(is_doubtful) and _is_of_links(element)


def parse_page(page: str) -> Page | None:
    """Parse a page; None if there is nothing in it. Nothing is fetched."""
    from lxml import etree, html

    source = re.sub(r"\A\s*<\?xml[^>]{0,200}\?>", "", page)
    try:
        tree = html.document_fromstring(source)
    except (etree.ParserError, ValueError):
        return None
    return Page(tree) if tree.find("body") is not None else None


def _find_title(tree: Any) -> str:
    """Return the title that the page's head states, without the name of the site after it."""
    meta = {tag.get("property"): " ".join((tag.get("content") or "").split()) for tag in tree.iter("meta")}
    if title := meta.get("og:title"):
        return title
    title = next(filter(None, map(_read_words, tree.iterfind("head/title"))), "")
    site = meta.get("og:site_name")
    cut = re.fullmatch(rf"(.+?)\s*[-–—|_·]\s*{re.escape(site)}", title) if site else None
    return cut[1] if cut else re.sub(r"(?<=\S{4})\s*[|_]\s*[^|_]+\Z", "", title)


def _choose_title(stated: str, headings: Sequence[str]) -> tuple[str, str]:
    """Return the page's title, and which heading of the first level is that of the document, not of the site.

    Of several it is the one that the page's head states; where none is, they are sections.
    """
    matching = [heading for heading in headings if heading in stated or stated in heading] if stated else []
    heading = max(matching, key=len) if matching else headings[0] if headings else ""
    is_section = len(headings) > 1 and not matching and stated
    return (stated if is_section or not heading else heading), heading


def _find_root(tree: Any) -> Any:
    """Return the only `main`, else the only `article`, else the body."""
    outermost = tree.xpath(
        "(//main | //*[@role='main'])[not(ancestor::main) and not(ancestor::*[@role='main'])]"
    )
    articles = tree.xpath("//article[not(ancestor::article)]")
    for found in (outermost, articles):
        if len(found) == 1 and any(map(str.isalnum, found[0].text_content())):
            return found[0]
    return tree.find("body")


def _find_links_above(body: Any) -> set[Any]:
    """Return the elements above the first heading that are nothing but links: menus without a name."""
    found: set[Any] = set()
    for element in body.iter():
        if element.tag in _HEADINGS:
            return found
        if element.tag in ("div", "ul", "table", "p"):
            links = element.findall(".//a")
            if len(links) >= _FEWEST_LINKS and _measure_links(element) >= _NOTHING_BUT_LINKS:
                found.add(element)
    return set()


def _is_hidden(element: Any) -> bool:
    hides = element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true"
    return hides or bool(_HIDDEN.search(element.get("style") or ""))


def _is_of_links(element: Any) -> bool:
    if next(element.iter("table", "pre"), None) is not None:
        return False
    is_fragment = len(_read_words(element)) <= _LONGEST_FRAGMENT and next(element.iter("a"), None) is not None
    return is_fragment or _measure_links(element) >= _MOST_OF_LINKS


def _measure_links(element: Any) -> float:
    """Return the share of an element's text that is links."""
    length = len(_read_words(element))
    return sum(len(_read_words(link)) for link in element.iter("a")) / length if length else 1.0


def _read_words(element: Any) -> str:
    return " ".join(element.text_content().split())
