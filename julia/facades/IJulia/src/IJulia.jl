"""
What packages that were written for the kernel IJulia look for, in a notebook of PolyglotKernel.

`IJulia.inited` is true here, and what IJulia offers to cells and packages does the same by this
kernel's means: the documented names are those of `Polyglot`. Packages extend `IJulia.display_dict`,
`IJulia.metadata` and `IJulia.CommManager.register_comm` by methods. What has no meaning in this kernel
throws an error that says so. In a process that is no kernel (`inited` is false there), whatever needs
one throws an error, too.
"""
module IJulia

using Base64: base64encode

export notebook, jupyterlab, nbclassic, qtconsole, installkernel

include("state.jl")
include("messages.jl")
include("display.jl")
include("comms.jl")
include("cells.jl")
include("streams.jl")
include("elsewhere.jl")

using .CommManager

include("start.jl")

end
