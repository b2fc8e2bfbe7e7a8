"""Draws what the examples have written to out/, as SVG into docs/guide/. Needs Python 3.9 only.

    ./forebay run examples/parquet.yaml && ./forebay run examples/anomalies.yaml
    ./forebay run examples/vibration.yaml          (with ./forebay demo mqtt beside it)
    python3 examples/plots.py
"""

import csv
import json
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP = 640, 150, 50, 24
BLUE, ORANGE, GREY = "#1f6fb4", "#d9480f", "#868e96"


class Panel:
    """A diagram: xs and ys are its ranges."""

    def __init__(self, title, xs, ys):
        self.title, self.xs, self.ys, self.parts = title, xs, ys, []

    def at(self, x, y):
        (x0, x1), (y0, y1) = self.xs, self.ys
        return (
            round(LEFT + (x - x0) / (x1 - x0) * (WIDTH - LEFT - 10), 1),
            round(TOP + (y1 - y) / (y1 - y0) * (HEIGHT - TOP - 20), 1))

    def line(self, points, colour, label=""):
        path = " ".join("%s,%s" % self.at(x, y) for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if label:
            x, y = self.at(*points[-1])
            self.parts.append(f'<text x="{x}" y="{y - 5}" text-anchor="end" fill="{colour}">{label}</text>')

    def band(self, lower, upper, colour):
        path = " ".join("%s,%s" % self.at(x, y) for x, y in lower + upper[::-1])
        self.parts.append(f'<polygon points="{path}" fill="{colour}" opacity="0.25"/>')

    def limit(self, y, label):
        x0, y0 = self.at(self.xs[0], y)
        self.parts.append(
            f'<line x1="{x0}" y1="{y0}" x2="{WIDTH - 10}" y2="{y0}" stroke="{GREY}" stroke-dasharray="4 3"/>'
            f'<text x="{x0 + 4}" y="{y0 - 3}" fill="{GREY}">{label}</text>')

    def dots(self, points, colour):
        for x, y in (self.at(*each) for each in points):
            self.parts.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>')

    def svg(self, down):
        x0, y0 = self.at(self.xs[0], self.ys[0])
        _, y1 = self.at(self.xs[0], self.ys[1])
        axis = (
            f'<text x="{LEFT}" y="14" font-weight="bold" fill="#212529">{self.title}</text>'
            f'<path d="M{x0} {y1}V{y0}H{WIDTH - 10}" fill="none" stroke="{GREY}"/>'
            f'<text x="{x0 - 4}" y="{y0}" text-anchor="end" fill="{GREY}">{self.ys[0]:g}</text>'
            f'<text x="{x0 - 4}" y="{y1 + 8}" text-anchor="end" fill="{GREY}">{self.ys[1]:g}</text>'
            f'<text x="{x0}" y="{y0 + 14}" fill="{GREY}">{self.xs[0]:g}</text>'
            f'<text x="{WIDTH - 10}" y="{y0 + 14}" text-anchor="end" fill="{GREY}">{self.xs[1]:g}</text>')
        return f'<g transform="translate(0 {down})">{axis}{"".join(self.parts)}</g>'


def write(name, *panels):
    height = HEIGHT * len(panels)
    body = "\n".join(panel.svg(HEIGHT * i) for i, panel in enumerate(panels))
    (Path("docs/guide") / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        f' font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n')


def rows(name):
    return [json.loads(line) for line in Path("out", name).read_text().splitlines()]


def statistics():
    with open("out/statistics.csv", newline="") as file:
        seconds = [row for row in csv.DictReader(file) if row["sensorId"] == "sensor-0"]
    points = [(i, float(row["mean"]), float(row["sd"])) for i, row in enumerate(seconds)]
    panel = Panel("mean of each second ± standard deviation, sensor-0", (0, len(points)), (0, 100))
    panel.band([(i, m - s) for i, m, s in points], [(i, m + s) for i, m, s in points], BLUE)
    panel.line([(i, m) for i, m, _ in points], BLUE)
    write("statistics.svg", panel)


def anomalies():
    worst = max(rows("scores.jsonl"), key=lambda row: row["anomalies"])
    points = list(zip(worst["seconds"], worst["value"]))
    low, high = min(worst["value"]), max(worst["value"])
    panel = Panel(
        f"ten seconds of {worst['sensorId']}: readings, and those beyond 6 deviations",
        (0, 10), (int(low) - 5, int(high) + 5))
    panel.line(points, BLUE)
    panel.dots([point for point, mark in zip(points, worst["anomalyMarks"]) if mark], ORANGE)
    write("anomalies.svg", panel)


def vibration():
    bursts = rows("vibration.jsonl")

    def of(machine, column):
        return list(enumerate(row[column] for row in bursts if row["machine"] == machine))

    velocity = Panel("velocity, mm/s RMS, hour by hour", (0, 14), (0, 6))
    for limit, label in [(1.4, "B"), (2.8, "C"), (4.5, "D")]:
        velocity.limit(limit, "zone " + label)
    velocity.line(of("fan-1", "velocityRms"), ORANGE, "fan-1")
    velocity.line(of("pump-2", "velocityRms"), BLUE, "pump-2")
    outer = Panel("outer ring in the envelope spectrum, m/s²", (0, 14), (0, 1))
    outer.limit(0.2, "alarm")
    outer.line(of("fan-1", "bpfo"), ORANGE, "fan-1")
    outer.line(of("pump-2", "bpfo"), BLUE, "pump-2")
    write("vibration.svg", velocity, outer)


statistics()
anomalies()
vibration()
