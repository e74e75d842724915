"""Named misconceptions: what a wrong procedure believes. Its arithmetic stands with each generator that it misleads."""

from dataclasses import dataclass
from types import MappingProxyType

from cnnviz.lessons.questions.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Misconception:
    """One wrong idea; its sentence is in `text/questions/misconceptions.toml` below its name."""

    name: str
    number: int | None = None
    """Its place in the bank of common misconceptions, from 1; None for one that is not there."""

    def describe(self, language: str) -> str:
        """Return the idea in a few words, such as "leaves out the floor"."""
        return Sentence("questions/misconceptions", f"idea.{self.name}").describe(language)


MISCONCEPTIONS = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Misconception("no_floor", 1),
            Misconception("padding_once", 2),
            Misconception("kernel_depth_forgotten", 3),
            Misconception("bias_forgotten", 4),
            Misconception("bias_imagined", 4),
            Misconception("field_is_kernel", 5),
            Misconception("strides_added", 6),
            Misconception("stride_is_kernel", 7),
            Misconception("groups_ignored", 12),
            Misconception("cost_linear_in_width", 19),
            Misconception("cost_follows_parameters", 20),
            Misconception("rounded_up"),
            Misconception("plus_one_forgotten"),
            Misconception("padding_forgotten"),
            Misconception("stride_forgotten"),
            Misconception("one_bias"),
            Misconception("one_kernel"),
            Misconception("weights_per_position"),
            Misconception("map_size_forgotten"),
            Misconception("sizes_added"),
            Misconception("input_size_used"),
            Misconception("bias_counted"),
            Misconception("strides_ignored"),
            Misconception("kernels_added"),
            Misconception("own_stride_used"),
            Misconception("rows_and_columns_swapped"),
            Misconception("mean_for_max"),
            Misconception("max_for_mean"),
            Misconception("window_summed"),
            Misconception("edge_repeated"),
            Misconception("cost_follows_map_size"),
            Misconception("cost_follows_depth"),
            Misconception("cost_cubic_in_width"),
            Misconception("width_without_effect"),
        )
    }
)
