# What differs between Julia versions, each with the version that it is for.
module Compat

# 1.7 named the exception stack and made its entries named tuples.
"The exceptions that are being handled with their backtraces, the newest first."
function exception_stack()
    entries = @static if isdefined(Base, :current_exceptions)
        Base.current_exceptions()
    else
        Base.catch_stack()
    end
    return Tuple{Any,Vector}[(entry[1], entry[2]) for entry in Iterators.reverse(entries)]
end

# 1.7 made `redirect_stdout` and its sisters values of a type; before, they are functions.
"Makes `stream` Julia's stdout (`unix_fd` 1), stderr (2) or stdin (0)."
function set_standard_stream(stream::IO, unix_fd::Int)
    @static if isdefined(Base, :_redirect_io_global)
        Base._redirect_io_global(stream, unix_fd)
    else
        name = (:stdin, :stdout, :stderr)[unix_fd + 1]
        Core.eval(Base, Expr(:(=), name, stream))
    end
    return nothing
end

"""
A stream that `redirect_stdout`, `redirect_stderr` or `redirect_stdin` takes, as the pattern
`old = stdout; redirect_stdout(…); …; redirect_stdout(old)` needs. It has a method of
[`restore_descriptor`](@ref).
"""
abstract type StandardStream <: IO end

"`restore_descriptor(stream, unix_fd)` gives the process's descriptor its original back."
function restore_descriptor end

# `redirect_stdout` changes it, and no function of Julia's changes it back.
"Where the stream is that `Core.println` writes to, with `unix_fd` 2 for `Core.stderr`."
core_stream(unix_fd::Int) =
    unix_fd == 1 ? cglobal(:jl_uv_stdout, Ptr{Cvoid}) : cglobal(:jl_uv_stderr, Ptr{Cvoid})

function redirect(stream::StandardStream, unix_fd::Int)
    restore_descriptor(stream, unix_fd)
    set_standard_stream(stream, unix_fd)
    return stream
end

@static if isdefined(Base, :RedirectStdStream)
    (f::Base.RedirectStdStream)(stream::StandardStream) = redirect(stream, f.unix_fd)
else
    Base.redirect_stdin(stream::StandardStream) = redirect(stream, 0)
    Base.redirect_stdout(stream::StandardStream) = redirect(stream, 1)
    Base.redirect_stderr(stream::StandardStream) = redirect(stream, 2)
end

# 1.9 moved `ans` and `err` out of Main, so that they can be shadowed.
"Sets `ans` or `err` where the REPL of this version keeps it; for another module than Main, in there."
function set_repl_variable(mod::Module, name::Symbol, @nospecialize(value))
    @static if isdefined(Base, :MainInclude) && isdefined(Base.MainInclude, :ans)
        if mod === Main
            setglobal!(Base.MainInclude, name, value)
        else
            Core.eval(mod, Expr(:(=), name, QuoteNode(value)))
        end
    else
        ccall(:jl_set_global, Cvoid, (Any, Any, Any), mod, name, value)
    end
    return nothing
end

# 1.7 moved a failed task's exception into its result.
"What a finished task gave or threw."
task_result(task::Task) = Base.task_result(task)

# 1.10 looks at the size of the heap. Before, Julia collects when so much has been allocated; of what was allocated
# meanwhile it forgets that it was to collect, so that a process which allocates only then would never do so.
"Garbage is collected again after `GC.enable(false)`, and now where it was due meanwhile."
function collect_again()
    due = VERSION < v"1.10-" && Base.gc_num().deferred_alloc > 0
    GC.enable(true)
    due && ccall(:jl_gc_collect, Cvoid, (Cint,), GC_BY_ITSELF)
    return nothing
end

"For `jl_gc_collect`: a collection like those that Julia begins, which sets when it begins the next one."
const GC_BY_ITSELF = 0

# Before 1.12 to ask whether a name is defined binds it to what the module uses under it: it can no more be assigned to.
"Whether something has that name in `mod`; older versions count what is used only once it has been asked for."
is_bound(mod::Module, name::Symbol) = (VERSION >= v"1.12-" || Base.isbindingresolved(mod, name)) && isdefined(mod, name)

# 1.11 keeps the elements of an array in an object of their own.
"""
    storage(array)

The object that owns the memory of `array`, and so lives as long as any array that shares it.
"""
storage(array::Array) = @static isdefined(Base, :Memory) ? array.ref.mem : array

"""
    is_foreign(array)

Whether its memory may be of others than Julia: mapped, or a C library's. Without a public function for it,
this looks where Julia keeps it.
"""
function is_foreign(@nospecialize(array))
    @static if isdefined(Base, :Memory)
        return has_no_owner(getfield(getfield(array, :ref), :mem))
    else
        return is_wrapped(array)
    end
end

# Behind the length and the address of a memory stands its owner, unless the elements do.
function has_no_owner(@nospecialize(memory))
    words = Ptr{UInt}(pointer_from_objref(memory))
    address = unsafe_load(words, 2)
    return address != UInt(words) + 2 * sizeof(UInt) && unsafe_load(words, 3) == 0
end

# Its address, length and flags: the lowest two bits are 0 where the elements stand in the array or are
# somebody else's, 1 and 2 where they are in Julia's memory, 3 where they are another array's. Behind the flags
# stand the size of an element and how many were taken off the front.
function is_wrapped(@nospecialize(array))
    words = Ptr{UInt}(pointer_from_objref(array))
    flags = Ptr{UInt16}(words + 2 * sizeof(UInt))
    how = unsafe_load(flags) & 0x03
    how == 0x00 || return how == 0x03
    taken_off = unsafe_load(Ptr{UInt32}(flags), 2) * UInt(unsafe_load(flags, 2))
    return unsafe_load(words) - taken_off - UInt(words) > 256   # not behind the header
end

# 1.9 keeps machine code in a package's cache.
const CACHES_MACHINE_CODE = VERSION >= v"1.9"

"""
Whether an interrupt that waits is thrown where the one before it is caught: the code that catches looks for
interrupts, and the throw goes there straight from the signal's handler.
"""
const THROWS_WHERE_CAUGHT = VERSION >= v"1.12-"

# 1.9 keeps in it, of functions that are not the package's own, those alone that something asks for by name.
# What was inferred while it is compiled is listed in one place or the other.
"""
    keep_compiled(f)

`f()`, and all that Julia has to compile for it goes into the cache of the package that is being compiled.
What it takes to run `f` itself is compiled quickly, as it runs once.
"""
function keep_compiled(f)
    inferred = newly_inferred()
    before = length(inferred)
    optimisation = set_optimisation!(Int8(0))
    try
        f()
    finally
        set_optimisation!(optimisation)
    end
    for code in inferred[(before + 1):end]
        instance = code.def
        instance isa Core.MethodInstance && instance.def isa Method && precompile(instance.specTypes)
    end
    return nothing
end

function newly_inferred()
    owner = isdefined(Base, :newly_inferred) ? Base : Core.Compiler
    return isdefined(owner, :newly_inferred) ? owner.newly_inferred : Core.CodeInstance[]
end

# Before 1.9 all of this package is compiled anew in every process, and quickly matters more than well.
"""
    compile_for(level)

How much what is compiled from now on is optimised: `KERNELS_LEVEL` or `USERS_LEVEL`, Julia's default.
"""
compile_for(level::Int8) = (CACHES_MACHINE_CODE || set_optimisation!(level); nothing)

# Julia's own `-O`. What it was.
function set_optimisation!(level::Int8)
    at = cglobal(:jl_options, Int8) + fieldoffset(Base.JLOptions, Base.fieldindex(Base.JLOptions, :opt_level))
    before = unsafe_load(at)
    unsafe_store!(at, level)
    return before
end

const KERNELS_LEVEL = Int8(1)
const USERS_LEVEL = Int8(2)

# 1.7 gave strings a method of their own, which shows long ones in part.
"Whether a string that is a cell's result is shown whole, as `repr` has it."
const SHOWS_STRINGS_WHOLE =
    which(show, Tuple{IO,MIME"text/plain",String}).sig.parameters[4] === Any

# 1.11 loads packages in the world in which Julia started, and what it prints meanwhile goes to streams whose
# methods that world does not know.
"Packages are loaded in today's world from now on."
function load_packages_in_this_world()
    @static if isdefined(Base, :_require_world_age)
        Base._require_world_age[] = Base.get_world_counter()
    end
    return nothing
end

# 1.12 made it an error of a type of its own; before, its text alone says what it is.
"The type and the name of a field that a value was asked for and has not; `nothing` for another error."
function missing_field(@nospecialize(exception))
    @static if isdefined(Core, :FieldError)
        return exception isa FieldError ? (exception.type, exception.field) : nothing
    else
        exception isa ErrorException || return nothing
        found = match(r"^type (\w+) has no field (\w+)$", exception.msg)
        return found === nothing ? nothing : (Symbol(found[1]), Symbol(found[2]))
    end
end

# 1.12 has "..." for a method that is there for a default: the keywords are another one's.
"The names of the keywords that a method declares; those that it collects end with `...`."
declared_keywords(method::Method) = filter(name -> name !== Symbol("..."), Base.kwarg_decl(method))

# Since 1.12 an assignment takes the place of what came by `using`, also of what has been looked at.
"""
    lend(mod, variables, packages)

Has `mod` find these pairs of names and values, where that can be without counting them among its own names,
which `names` gives and `varinfo` measures. Older versions have to make them variables, and packages constants.
"""
function lend(mod::Module, variables::Vector{Any}, packages::Vector{Any})
    @static if VERSION >= v"1.12-"
        name = Symbol("#lent")
        lender = Core.eval(mod, Expr(:module, false, name, Expr(:block)))
        for entry in vcat(variables, packages)     # by `getfield`: for each type of pair code would be compiled
            lent = getfield(entry, 1)::Symbol
            Core.eval(lender, Expr(:const, Expr(:(=), lent, QuoteNode(getfield(entry, 2)))))
            Core.eval(lender, Expr(:export, lent))
        end
        Core.eval(mod, Expr(:using, Expr(:., :., name)))
    else
        for (lent, value) in variables
            Core.eval(mod, Expr(:(=), lent, QuoteNode(value)))
        end
        for (lent, value) in packages
            Core.eval(mod, Expr(:const, Expr(:(=), lent, value)))
        end
    end
    return nothing
end

precompile(lend, (Module, Vector{Any}, Vector{Any}))

# 1.12 gave `fd` another type.
"The descriptor of an open file, as an integer."
descriptor(io::IOStream) = Int(reinterpret(Cint, RawFD(fd(io))))

# Of no version yet: Julia has no public way to make many dicts of the same keys without hashing each.
"Where in `model` the values of its `keys` are."
places(model::Dict, keys::Vector) = Int[Base.ht_keyindex(model, key) for key in keys]

"A dict with the keys of `model`, and the `values` at their [`places`](@ref)."
function copy_with(model::Dict, places::Vector{Int}, values::Vector)
    copied = copy(model)
    slots = copied.vals
    for i in eachindex(places)
        slots[places[i]] = values[i]
    end
    return copied
end

end
