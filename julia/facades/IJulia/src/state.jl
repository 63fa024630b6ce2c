# What the kernel has told this package.

"Whether this process runs the Julia cells of a notebook."
inited = false

"The number of the cell that runs, or ran last."
n = 0

"The inputs of the earlier Julia cells, by their numbers."
In = Dict{Int,String}()

"The results of the earlier Julia cells, by their numbers."
Out = Dict{Int,Any}()

"The result of the last cell."
ans = nothing

# What serves this package, a module of the kernel's; unassigned in a process that is no kernel.
const SERVER = Ref{Module}()

function server()
    isassigned(SERVER) || error("IJulia's functions work in the cells of a notebook only")
    return SERVER[]
end

polyglot() = server().Polyglot

"""
    Kernel

The kernel as an object, for packages that ask for one of its properties: `comms`, `connection_file`,
`profile`, `inited`, `n`, `In`, `Out`, `ans`, `current_module`, `publish`, `execute_msg`.
"""
struct Kernel end

const PROPERTIES = (
    :comms, :connection_file, :profile, :inited, :n, :In, :Out, :ans, :current_module, :publish,
    :execute_msg,
)

function Base.getproperty(::Kernel, name::Symbol)
    name === :comms && return CommManager.comms
    name === :connection_file && return server().connection_file()
    name === :current_module && return current_module()
    name in PROPERTIES && return getfield(IJulia, name)
    return error("PolyglotKernel has no `$name`: see `?IJulia.Kernel` for what there is")
end

Base.propertynames(::Kernel, private::Bool=false) = PROPERTIES

"The running kernel, `nothing` where there is none."
_default_kernel = nothing

function get_kernel_or_error(kernel=_default_kernel)
    kernel === nothing && error("no kernel runs in this process")
    return kernel
end

"""
    Profile()

The connection file's content (`ip`, `transport`, `shell_port`, …), read when it is asked for.
"""
struct Profile <: AbstractDict{String,Any} end

entries(::Profile) = server().connection()
Base.length(profile::Profile) = length(entries(profile))
Base.iterate(profile::Profile, state...) = iterate(entries(profile), state...)
Base.get(profile::Profile, key, default) = get(entries(profile), key, default)
Base.haskey(profile::Profile, key) = haskey(entries(profile), key)

const profile = Profile()

"The path of the connection file, `nothing` where the kernel has none."
connection_file = nothing
