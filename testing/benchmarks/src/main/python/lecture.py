"""The lecture's function, as it stands on its slide."""

import math


def processRecordBatch(records):
    results = []
    for record in records:
        value = record["value"]
        normalized = (value - 20.0) / 60.0
        rollingFeature = math.sqrt(abs(normalized)) * math.log(abs(value) + 1)
        results.append({
            **record,
            "normalized": round(normalized, 4),
            "feature": round(rollingFeature, 4)
        })
    return results
