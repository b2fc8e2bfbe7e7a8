"""How often a sensor's values cross their mean in a window: about twice the dominant frequency."""


def crossings(windows):
    for window in windows:
        values = window["value"]
        mean = sum(values) / len(values)
        window["crossings"] = sum((a < mean) != (b < mean) for a, b in zip(values, values[1:]))
    return windows
