# What the kernel asks of Tables.jl, for tests where it is not installed.
module Tables

istable(x) = istable(typeof(x))
istable(::Type) = false
function columns end
function columnnames end
function getcolumn end

end
