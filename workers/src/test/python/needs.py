import no_such_library_anywhere


def f(records):
    return records
