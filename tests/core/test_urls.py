"""Addresses from outside: what is let in, and which of them name the same article."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.core.text import MAX_URL
from monitor.core.urls import canonical_url, host_of, identity_key, safe_url, unwrap_url

BASE = "https://www.kuriren.example/nyheter/idag/index.html?sida=2#topp"


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://WWW.Kuriren.EXAMPLE", "http://www.kuriren.example/"),
        ("https://kuriren.example:443/a", "https://kuriren.example/a"),
        ("http://kuriren.example:0008080/a", "http://kuriren.example:8080/a"),
        ("https://kuriren.example./a", "https://kuriren.example/a"),
        ("https://redaktion:hemligt@kuriren.example/a", "https://kuriren.example/a"),
        ("https://katrineholm.example@ond.example/", "https://ond.example/"),
        ("http://169.254.169.254:8888\\@offentlig.example/", "http://169.254.169.254:8888/@offentlig.example/"),
        ("https:\\\\kuriren.example\\a\\b", "https://kuriren.example/a/b"),
        ("https:kuriren.example/a", "https://kuriren.example/a"),
        ("https:////kuriren.example/a", "https://kuriren.example/a"),
        ("\ufeff \n https://kuriren.example/a\u00a0\t", "https://kuriren.example/a"),
        ("https://kuriren.exa\nmple/a\tb", "https://kuriren.example/ab"),
        ("https://kuriren.example/över vägen", "https://kuriren.example/%C3%B6ver%20v%C3%A4gen"),
        ("https://kuriren.example/a'\"<>`{}^?b'\"<>", "https://kuriren.example/a'%22%3C%3E%60%7B%7D%5E?b%27%22%3C%3E"),
        ("https://kuriren.example/a\x00b\u202ec", "https://kuriren.example/a%00b%E2%80%AEc"),
        ("https://kuriren.example/\ud800", "https://kuriren.example/%EF%BF%BD"),
        ("https://kuriren.example/a/./b/%2E./../c/..", "https://kuriren.example/"),
        ("https://kuriren.example/a/.", "https://kuriren.example/a/"),
        ("https://kuriren.example/?#", "https://kuriren.example/?#"),
        ("https://räksmörgås.example/", "https://xn--rksmrgs-5wao1o.example/"),
        ("https://strasse.example/straße", "https://strasse.example/stra%C3%9Fe"),
        ("https://www。kuriren．example/", "https://www.kuriren.example/"),
        ("https://%6Buriren.example/", "https://kuriren.example/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://0177.0.0.0x/", "http://127.0.0.0/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://[0:0::1]:80/a", "http://[::1]/a"),
        ("http://[::1]:8900/a", "http://[::1]:8900/a"),
    ],
)
def test_an_address_is_written_as_a_browser_would_write_it(given_url: str, expected: str) -> None:
    assert safe_url(given_url) == expected
    assert safe_url(expected) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("", "https://www.kuriren.example/nyheter/idag/index.html?sida=2"),
        ("#lead", "https://www.kuriren.example/nyheter/idag/index.html?sida=2#lead"),
        ("?sida=3", "https://www.kuriren.example/nyheter/idag/index.html?sida=3"),
        ("?", "https://www.kuriren.example/nyheter/idag/index.html?"),
        ("brand.html", "https://www.kuriren.example/nyheter/idag/brand.html"),
        ("../sport/", "https://www.kuriren.example/nyheter/sport/"),
        ("/brand", "https://www.kuriren.example/brand"),
        ("https:brand", "https://www.kuriren.example/nyheter/idag/brand"),
        ("//bild.example/x", "https://bild.example/x"),
        ("http:bild.example/x", "http://bild.example/x"),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_relative_address_is_resolved_against_its_base(reference: str, expected: str) -> None:
    assert safe_url(reference, BASE) == expected


@pytest.mark.parametrize(
    "unwanted",
    [
        "",
        "brand.html",
        "//kuriren.example/a",
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "mailto:red@kuriren.example",
        "tag:kuriren.example,2026:1",
        "kuriren.example:80/a",
        "https://",
        "https:///?a",
        "https://:80/",
        "https://kuriren.example:65536/",
        "https://kuriren.example:999999/",
        "https://kuriren.example:åtta/",
        "https://kuriren.example:80:80/",
        "https://kuri ren.example/",
        "https://kuri%20ren.example/",
        "https://kuri%FFren.example/",
        "https://kuriren..example/",
        "https://./",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://a\u200db\u0301\u202e.example/",
        "https://[::1/",
        "https://[::1]8900/",
        "https://[::1%eth0]/",
        "https://[kuriren]/",
        "http://256.0.0.1/",
        "http://1.2.3.4.0/",
        "http://1.2.3.4.5.6/",
        "http://4294967296/",
        "http://1.2.3.09/",
        "http://a.2/",
        "https://kuriren.example/" + "a" * MAX_URL,
        "https://kuriren.example/" + "ö" * (MAX_URL // 2),
    ],
)
def test_what_is_no_web_address_is_refused(unwanted: str) -> None:
    assert safe_url(unwanted) == ""
    assert host_of(unwanted) == ""
    assert canonical_url(unwanted) == ""
    assert identity_key(unwanted) == ""


def test_the_host_comes_without_port_and_in_ascii() -> None:
    assert host_of("https://redaktion@Kuriren.example:8080/a") == "kuriren.example"
    assert host_of("http://[::1]:8900/") == "[::1]"
    assert host_of("https://åäö.example/") == "xn--4cab6c.example"


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("https://k.example/a?utm_source=rss&id=7&UTM_Medium=x&fbclid=y", "https://k.example/a?id=7"),
        ("https://k.example/a?%75tm_source=rss", "https://k.example/a"),
        ("https://k.example/a?id=7&amp;amp;utm_source=rss&amp;b=1", "https://k.example/a?id=7&b=1"),
        ("https://k.example/a?at_medium=x&cmp=1&mc_cid=2&gclid=3", "https://k.example/a"),
        ("https://k.example/a?b=2&a=1&b=1", "https://k.example/a?b=2&a=1&b=1"),
        ("https://k.example/a?&&id=7&", "https://k.example/a?id=7"),
        ("https://k.example/a?", "https://k.example/a"),
        ("https://k.example/a#kommentarer", "https://k.example/a"),
        ("https://k.example/#!/a", "https://k.example/#!/a"),
        ("https://k.example/a/amp", "https://k.example/a"),
        ("https://k.example/a/amp/", "https://k.example/a/"),
        ("https://k.example/a/AMP/amp", "https://k.example/a"),
        ("https://k.example/a.amp.html", "https://k.example/a.html"),
        ("https://k.example/a.amp", "https://k.example/a"),
        ("https://k.example/amp", "https://k.example/amp"),
        ("https://k.example/amp/", "https://k.example/amp/"),
        ("https://k.example/a/ampere", "https://k.example/a/ampere"),
        ("https://k.example/a?amp=1&amp", "https://k.example/a"),
        ("https://k.example/a?outputType=amp&ampere=1", "https://k.example/a?ampere=1"),
        ("https://amp.k.example/a", "https://k.example/a"),
        ("https://m.k.example:8080/a", "https://k.example:8080/a"),
        ("https://mobil.m.k.example/a", "https://k.example/a"),
        ("https://mobil.example/a", "https://mobil.example/a"),
        ("https://www.k.example/a/", "https://www.k.example/a/"),
        ("http://127.0.0.1:8900/a?b=1&a=2", "http://127.0.0.1:8900/a?b=1&a=2"),
        ("https://k.example/%c3%a5%7Ea", "https://k.example/%C3%A5~a"),
        ("https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fk.example%2Fa%3Fid%3D7&ct=ga", "https://k.example/a?id=7"),
        ("https://www.google.co.uk/url?q=https://k.example/a", "https://k.example/a"),
        ("https://google.se/url?q=javascript:alert(1)&url=https://k.example/a", "https://k.example/a"),
        ("https://google.se/url?q=javascript:alert(1)", "https://google.se/url?q=javascript:alert(1)"),
        ("https://google.se/sok?q=https://k.example/a", "https://google.se/sok?q=https://k.example/a"),
        ("https://google.ond.example/url?q=https://k.example/", "https://google.ond.example/url?q=https://k.example/"),
        ("https://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fk.example%2fa&c=1", "https://k.example/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fk.example%2Fa%3Ffbclid%3D1&h=2", "https://k.example/a"),
        ("https://feeds.feedburner.com/~r/k/~3/1?url=https%3A%2F%2Fk.example%2Fa%2Famp", "https://k.example/a"),
        ("https://emea01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fk.example%2Fa&data=1", "https://k.example/a"),
        ("https://google.com/url?q=https%3A%2F%2Fl.facebook.com%2F%3Fu%3Dhttps%253A%252F%252Fk.example%252F", "https://k.example/"),
        ("https://www.google.com/amp/s/www.k.example/a/amp?id=7", "https://www.k.example/a?id=7"),
        ("https://www-k-example.cdn.ampproject.org/c/www.k.example/a", "http://www.k.example/a"),
    ],
)  # fmt: skip
def test_the_canonical_address_is_free_of_the_way_that_led_to_it(given_url: str, expected: str) -> None:
    assert canonical_url(given_url) == expected


def test_a_forwarder_that_would_only_grow_is_left_as_it_is() -> None:
    grows = "https://l.instagram.com/?u=http://k.example/" + "{" * 30
    assert canonical_url(grows) == grows


def test_a_canonical_address_may_be_given_relative_to_its_page() -> None:
    assert canonical_url("../brand/?utm_source=x", BASE) == "https://www.kuriren.example/nyheter/brand/"


@pytest.mark.parametrize(
    "variant",
    [
        "http://kuriren.example/brand?id=7&sida=2",
        "https://www.kuriren.example/brand/?sida=2&id=7",
        "https://m.kuriren.example/brand/amp/?sida=2&id=7&utm_source=rss#kommentarer",
        "https://www.google.com/url?q=http%3A%2F%2FKuriren.example%2Fbrand%3Fid%3D7%26sida%3D2",
    ],
)
def test_all_addresses_of_one_article_have_one_key(variant: str) -> None:
    assert identity_key(variant) == "kuriren.example/brand?id=7&sida=2"


def test_different_articles_have_different_keys() -> None:
    addresses = [
        "https://kuriren.example/",
        "https://kuriren.example/brand",
        "https://kuriren.example/Brand",
        "https://kuriren.example/brand?id=7",
        "https://kuriren.example/brand?id=8",
        "https://kuriren.example/#!brand",
        "https://kuriren.example:8080/brand",
        "https://sport.kuriren.example/brand",
        "https://www.example/brand",
        "https://example/brand",
    ]
    assert len({identity_key(address) for address in addresses}) == len(addresses)


# Text made of the parts that addresses are made of meets more branches than text of any characters.
_WORDS = (
    "http: https: HTTP: // / \\ ? # #! @ : . .. %2e %41 %%34%31 & = amp amp; amp= /amp .amp m. mobil. www. [ ] ::1 a å "
    "127.0.0.1 0x7f 08 :80 :443 k.example google.se/url?q= l.facebook.com/?u= x.cdn.ampproject.org/c/s/ utm_a=1 { ' \n "
    "\ud800 \u202e \x00 xn-- javascript: data:"
)
_PIECES = st.sampled_from(_WORDS.split(" "))
_ADDRESSES = st.one_of(
    st.text(), st.lists(_PIECES, max_size=14).map("".join), st.lists(_PIECES, max_size=14).map("http://".join)
)
_WRITTEN = re.compile(r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?/[!-~]*\Z")


@settings(deadline=None)
@given(_ADDRESSES, _ADDRESSES)
@example(text="", base="HTTP:0?\\")
@example(text="http://a.example/?\\#\\", base="")
def test_any_text_gives_a_plain_web_address_or_none(text: str, base: str) -> None:
    for address in (safe_url(text, base), canonical_url(text, base)):
        assert address == "" or (_WRITTEN.match(address) and len(address) <= MAX_URL)
        assert not set(address) & set(' "<>\\')
        assert safe_url(address) == address
        assert bool(host_of(address)) == bool(address)


@settings(deadline=None)
@given(_ADDRESSES)
def test_a_canonical_address_is_its_own_canonical_address(text: str) -> None:
    once = canonical_url(text)
    assert canonical_url(once) == once
    assert identity_key(once) == identity_key(text)
    assert bool(once) == bool(safe_url(text))


PLAIN_PARTS = st.tuples(
    st.sampled_from(["http://", "https://", "HTTP://", "//"]),
    st.sampled_from(
        [
            "www.blad.example",
            "blad.example",
            "m.blad.example",
            "amp.blad.example",
            "127.0.0.2",
            "127.0.0.256",
            "127.0.0.02",
            "1.2.3",
            "1.2.3.4.5",
            "blad.example.",
            "-a.example",
            "a_b.example",
            "a.0x1",
            "a.123",
            "localhost",
            "www.example",
            "www.google.se",
            "lm.facebook.com",
            "xn--vxj-0na.example",
        ]
    ),
    st.sampled_from(["", ":80", ":443", ":8080", ":33943", ":65535", ":70000", ":080", ":"]),
    st.lists(
        st.sampled_from(["/", "a", ".", "..", "amp", ".amp", ".html", "?", "x=1", "#", "%41", "å", "-_~", "\n"])
    ).map(lambda parts: "/" + "".join(parts)),
)


@given(PLAIN_PARTS.map("".join))
@example("https://blad.example/nyheter/2026/11/badhuset-byggs-om.html")
@example("https://blad.example/nyheter/badhuset.AMP")
@example("http://127.0.0.2:33943/page/1.html")
def test_what_is_taken_for_plain_at_a_glance_is_so_when_it_is_read(url: str) -> None:
    def forms() -> list[str]:
        return [form(url) for form in (safe_url, canonical_url, unwrap_url, identity_key)]

    at_a_glance = forms()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.core.urls._plain", lambda _url: None)
        assert forms() == at_a_glance
