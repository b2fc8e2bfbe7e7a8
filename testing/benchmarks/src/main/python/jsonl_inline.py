"""JSON Lines in, the lecture's function, JSON Lines out, in one process.

usage: jsonl_inline.py IN OUT
"""

import json
import sys
from itertools import islice

from lecture import processRecordBatch


def main():
    with open(sys.argv[1], encoding="utf-8") as source, \
            open(sys.argv[2], "w", encoding="utf-8") as sink:
        while lines := list(islice(source, 1000)):
            results = processRecordBatch([json.loads(line) for line in lines])
            sink.write("".join([json.dumps(result) + "\n" for result in results]))


if __name__ == "__main__":
    main()
