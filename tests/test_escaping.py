"""Every template escapes what it is given, whatever its name; nothing in templates or code turns that off."""

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from monitor.deliver.render import open_templates, plain_text, safe_templates
from monitor.demo.render import _templates as open_demo
from monitor.errors import DeliveryError

ROOT = Path(__file__).parents[1]
CODE = sorted(path for folder in ("monitor", "spiders", "reports") for path in (ROOT / folder).rglob("*.py"))
REPORTS = sorted(path for path in (ROOT / "reports").rglob("*") if path.suffix in {".j2", ".css"})
DEMO = sorted(path for path in (ROOT / "monitor/demo/templates").rglob("*") if path.is_file())
ENVIRONMENTS = {"monitor/deliver/render.py", "monitor/demo/render.py"}
HOSTILE = "<b>&\"'"
ODD_NAMES = [
    "x", "x.txt", "X.TXT", "x.txt.j2", "x.html", "x.HTML.J2", "x.js", "x.json", "x.css", "x.svg", "x.xml", "x.md",
    "x.py", ".j2", "a/b/c", "å ä ö.j2", "x.html.safe", "autoescape", "false", "x.html~", "-", "x%00.txt",
]  # fmt: skip
PROBE = """{{ word }}{% set block %}{{ word }}{% endset %}{{ block }}{% macro m(w) %}{{ w }}{% endmacro %}{{ m(word) }}\
{% filter upper %}{{ word }}{% endfilter %}{{ word ~ word }}{{ [word]|join(word) }}{{ "%s"|format(word) }}\
{% for w in [word] %}{{ w }}{% endfor %}{{ word|replace("b", word) }}{{ told("%(w)s " ~ word, {"w": word}) }}"""


def at(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a module, with the last part of what is called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


# --- the environments ----------------------------------------------------------------------------------


def test_the_program_has_two_environments_and_both_say_that_they_escape() -> None:
    found = [(at(path), node) for path in CODE for name, node in calls(path) if name.endswith("Environment")]
    assert {file for file, _ in found} == ENVIRONMENTS
    for _, node in found:
        (value,) = [word.value for word in node.keywords if word.arg == "autoescape"]
        assert isinstance(value, ast.Constant)
        assert value.value is True


def test_no_text_becomes_a_template_and_no_other_way_of_escaping_is_chosen() -> None:
    forbidden = {"from_string", "Template", "select_autoescape", "NativeEnvironment", "overlay"}
    assert [(at(path), name) for path in CODE for name, _ in calls(path) if name in forbidden] == []


def test_a_template_escapes_whatever_its_name(tmp_path: Path) -> None:
    """A home may replace any template and bring its own."""
    names = [*ODD_NAMES, *(path.relative_to(ROOT / "reports").as_posix() for path in REPORTS)]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PROBE, encoding="utf-8")
    environment = open_templates("sv", tmp_path)
    assert len(names) > 60
    for name in names:
        page = environment.get_template(name).render(word=HOSTILE)
        assert not re.search("[<>\"']", page), name
        assert not re.search("&(?!amp;|lt;|gt;|#34;|#39;)", page, re.IGNORECASE), name
        assert HOSTILE in plain_text(page), name


def test_the_demo_escapes_too() -> None:
    assert open_demo().autoescape is True
    assert open_demo().from_string("{{ word }}").render(word=HOSTILE) == html.escape(HOSTILE).replace(
        "&quot;", "&#34;"
    ).replace("&#x27;", "&#39;")


@pytest.mark.parametrize(
    "unsafe", ["{{ word|safe }}", "{% autoescape false %}{{ word }}{% endautoescape %}", "{%-autoescape 0-%}"]
)
def test_not_even_a_home_turns_the_escaping_off(tmp_path: Path, unsafe: str) -> None:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices/x.j2").write_text(unsafe, encoding="utf-8")
    with pytest.raises(DeliveryError, match=r"x\.j2|safe"), safe_templates():
        open_templates("sv", tmp_path).get_template("notices/x.j2").render(word=HOSTILE)


# --- what templates hold -------------------------------------------------------------------------------


def tree(path: Path) -> nodes.Template:
    if path in DEMO:
        return open_demo().parse(path.read_text(encoding="utf-8"))
    environment: Environment = open_templates("sv", None)
    return environment.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [*REPORTS, *DEMO], ids=at)
def test_a_template_calls_nothing_markup_that_is_not(path: Path) -> None:
    told = tree(path)
    # `tojson` writes <, >, & and ' so that they end no script; the demo alone has JSON in its pages.
    trusting = {"safe", "xmlattr", "urlize"} | (set() if path in DEMO else {"tojson"})
    assert not {node.name for node in told.find_all(nodes.Filter)} & trusting
    assert not list(told.find_all((nodes.ScopedEvalContextModifier, nodes.MarkSafe, nodes.MarkSafeIfAutoescape)))
    for call in told.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext", "ngettext"}:
            first = call.args[0]
            choices = [first.expr1, first.expr2] if isinstance(first, nodes.CondExpr) else [first]
            assert all(isinstance(one, nodes.Const) for one in choices), f"line {call.lineno}: ours, or told(...)"


PLACE = "\ufffc"
OWN_ADDRESS = re.compile(
    r"\w+\.address\(.*\)|\w+\.address|file_address\('[\w.]+'\)|address|[\w.]+\|address|\(digest\.web ~.*\)\|address"
)
"""What may begin an address: our own pages, or what the filter `address` let through (http and https)."""
ATTRIBUTES = re.compile(r" parts\.wrong\('\w+', \w+\) ")
"""A macro of ours that gives whole attributes and takes a name of ours."""


def tags(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Every tag of a template, with PLACE for each expression in it, and these expressions."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        if ATTRIBUTES.fullmatch(found[1]):
            return " "
        held.append(found[1].strip("- "))
        return PLACE

    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{(.*?)\}\}", hold, text, flags=re.DOTALL), flags=re.DOTALL)
    count = 0
    for part in re.split(r"(<[a-zA-Z/!][^<>]*>)", text):
        inside, count = held[count : count + part.count(PLACE)], count + part.count(PLACE)
        if part.startswith("<"):
            yield part, inside


PAGES = [path for path in REPORTS if path.suffix == ".j2" and not path.name.endswith(".txt.j2")]


@pytest.mark.parametrize("path", PAGES, ids=at)
def test_in_a_tag_data_stand_between_quotation_marks(path: Path) -> None:
    for tag, _ in tags(path):
        assert PLACE not in re.sub(r'"[^"]*"', "", tag), tag


@pytest.mark.parametrize("path", PAGES, ids=at)
def test_an_address_made_of_data_is_our_own_or_http(path: Path) -> None:
    for tag, held in tags(path):
        at_place = 0
        for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag):
            here, at_place = held[at_place : at_place + value.count(PLACE)], at_place + value.count(PLACE)
            if name in {
                "href",
                "src",
                "action",
                "formaction",
                "poster",
                "data",
                "srcset",
                "content",
                "cite",
                "background",
            }:
                if value.startswith(PLACE) and name != "content" and value != f"{PLACE}.html":
                    assert OWN_ADDRESS.fullmatch(here[0]), tag
                assert not re.match(r"/\s*" + PLACE + "|//", value), tag
            assert not name.lower().startswith("on"), tag
            assert not (name == "style" and here and (here, value) != (["rest"], f"height:{PLACE}px")
                        and (here, value) != (["high"], f"height:{PLACE}px")), tag  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=at)
def test_no_data_stand_in_a_script_or_a_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL):
        assert not script.strip(), "the policy of the pages forbids it: no JSON in HTML"
    for style in re.findall(r"<style\b[^>]*>(.*?)</style>", text, re.DOTALL):
        assert "{{" not in style


# --- what code holds -----------------------------------------------------------------------------------


def test_code_calls_only_its_own_words_markup() -> None:
    """`Markup` on data is the same as no escaping. The demo's one page in HTML is a file of this repository."""
    found = [(at(path), node) for path in CODE for name, node in calls(path) if name == "Markup"]
    made_of_data = [file for file, node in found if node.args and not isinstance(node.args[0], ast.Constant)]
    assert made_of_data == ["monitor/demo/render.py"]


def test_only_one_module_writes_to_the_terminal() -> None:
    """What sources say goes through `say`, which writes a command to the terminal as its number."""
    allowed = {"monitor/cli/terminal.py"}
    forbidden = {"echo", "secho", "echo_via_pager"}
    for path in CODE:
        found = {name for name, node in calls(path) if name in forbidden or (name == "print" and _is_builtin(node))}
        assert not found or at(path) in allowed, (at(path), found)


def test_a_console_reads_no_markup_out_of_data() -> None:
    """rich reads "[red]" in a text as a colour: a table gets `Text`, and the demo's console is told not to."""
    found = {(at(path), ast.unparse(node)) for path in CODE for name, node in calls(path) if name == "Console"}
    assert found == {
        ("monitor/cli/demo.py", "Console(markup=False, highlight=False)"),
        ("monitor/cli/options.py", "Console(stderr=True)"),  # the progress: our own words
        ("monitor/cli/options.py", "Console(width=None if sys.stdout.isatty() else 160)"),  # a table of `Text`
    }


def _is_builtin(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name)
