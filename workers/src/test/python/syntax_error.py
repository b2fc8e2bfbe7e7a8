def f(records)
    return records
