"""Keeps one core busy until its input ends."""

import sys
import threading


def main():
    reader = threading.Thread(target=sys.stdin.read, daemon=True)
    reader.start()
    x = 1
    while reader.is_alive():
        for _ in range(100_000):
            x = x * 1103515245 + 12345 & 0x7FFFFFFF


if __name__ == "__main__":
    main()
