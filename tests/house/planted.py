"""A small source tree in a temporary folder, with planted violations for a check to find."""
import contextlib
import pathlib
import tempfile


@contextlib.contextmanager
def house(files):
    """`files` maps a path to its text. Yields the root."""
    with tempfile.TemporaryDirectory(prefix="house-") as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        yield root
