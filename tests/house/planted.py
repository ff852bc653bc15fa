"""A small house in a temporary folder, for a check to find what was planted in it."""
import contextlib
import pathlib
import tempfile


@contextlib.contextmanager
def house(files):
    """`files`: path -> text. Yields the root."""
    with tempfile.TemporaryDirectory(prefix="house-") as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        yield root
