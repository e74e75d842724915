"""Options: a named value with a default, a range, a text form and a sentence for what it cannot be."""

from cnnviz.options.kinds import Changes as Changes
from cnnviz.options.kinds import Choice as Choice
from cnnviz.options.kinds import Flag as Flag
from cnnviz.options.kinds import Kind as Kind
from cnnviz.options.kinds import OptionError as OptionError
from cnnviz.options.kinds import Pair as Pair
from cnnviz.options.kinds import Real as Real
from cnnviz.options.kinds import Several as Several
from cnnviz.options.kinds import Typed as Typed
from cnnviz.options.kinds import Whole as Whole
from cnnviz.options.kinds import WholeList as WholeList
from cnnviz.options.kinds import format_value as format_value
from cnnviz.options.schema import Need as Need
from cnnviz.options.schema import Option as Option
from cnnviz.options.schema import Value as Value
from cnnviz.options.schema import Values as Values
from cnnviz.options.schema import applies as applies
from cnnviz.options.schema import changed as changed
from cnnviz.options.schema import resolve as resolve
from cnnviz.options.schema import unmet as unmet
