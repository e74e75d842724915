"""Names of the rows of a trace: the path of a module, or the function with the block that called it."""


class RowNames:
    """The names given so far; a second call of one gets a number, and no function gets the path of a module."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._paths: set[str] = set()

    def reserve(self, path: str) -> None:
        """Keep `path` for a module."""
        self._paths.add(path)

    def release(self, name: str) -> None:
        """Let the next row have a name that was given."""
        self._counts.pop(name, None)

    def of_module(self, path: str, root: str) -> str:
        """Return the name of a call of the module at `path`: "conv1", "conv1#2"; `root` names the whole network."""
        count = self._counts[path] = self._counts.get(path, 0) + 1
        return (path or root) if count == 1 else f"{path or root}#{count}"

    def of_function(self, block: str, kind: str) -> str:
        """Return the name of a call of a function in a block: "stage1.add", "stage1.add_2"."""
        name = f"{block}.{kind}".lstrip(".")
        count = self._counts.get(name, 0) + 1
        while (numbered := name if count == 1 else f"{name}_{count}") in self._paths:
            count += 1
        self._counts[name] = count
        return numbered
