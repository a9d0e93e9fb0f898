"""A curve as SVG that stands in a page: lines and numbers of ours only, coloured by the page's own rules."""

from collections.abc import Iterator, Sequence

from rempart_reports.formats.html.safe_text import write_text
from rempart_reports.views.document import Chart

WIDTH, HEIGHT = 600, 120  # in the picture's own units
_EDGE = 2  # so that a line at the top or the bottom is not cut


def draw_curve(chart: Chart) -> str:
    """Return the figure of a chart: the picture, and below it what it shows, in words.

    Args:
        chart: What is shown; its words are untrusted.
    """
    lines = "".join(_line(stretch) for stretch in _list(chart))
    left, right = map(write_text, chart.edges)
    title = write_text(chart.title)
    return (
        f'<figure class="chart"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" '
        f'width="{WIDTH}" height="{HEIGHT}">'
        f'<path class="axis" fill="none" stroke="#888" d="M0 {HEIGHT - 1}H{WIDTH}"/>{lines}</svg>'
        f'<p class="edges fine"><span>{left}</span> – <span>{right}</span></p>'
        f"<figcaption>{title}. {write_text(chart.text)}</figcaption></figure>\n"
    )


def _line(stretch: Sequence[tuple[float, float]]) -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in stretch)
    return f'<polyline class="curve" fill="none" stroke="#555" stroke-width="2" points="{points}"/>'


def _list(chart: Chart) -> Iterator[list[tuple[float, float]]]:
    """Yield the stretches of points between which something is known; a point alone is a short line."""
    values = chart.values
    step = WIDTH / max(1, len(values) - 1)
    stretch: list[tuple[float, float]] = []
    for place, value in enumerate((*values, None)):
        if value is not None:
            stretch.append((round(place * step, 1), _height(value, chart.most)))
        elif stretch:
            yield _widen(stretch)
            stretch = []


def _widen(stretch: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return list(stretch) if len(stretch) > 1 else [stretch[0], (min(stretch[0][0] + 3, WIDTH), stretch[0][1])]


def _height(value: float, most: float) -> float:
    share = min(1.0, max(0.0, value / most)) if most > 0 else 0.0
    return round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 1)
