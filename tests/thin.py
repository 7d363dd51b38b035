"""What `--fast` takes of an enumeration that is marked `thin(n)`: one in n; the others are bulk."""


def stays(number: int, every: int) -> bool:
    """Whether `--fast` runs the set of parameters with this number, counted from 0.

    Along the diagonal: where the inner of two parameters has n values, each value of both is taken.
    """
    return (number + number // every) % every == 0
