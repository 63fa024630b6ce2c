# What a `SharedArray` of the standard library holds is shared with Python, too. Its memory loses its name as
# soon as Julia's processes have mapped it, and then nobody else could: so in this process it is a share from
# the beginning.

const SHARED_ARRAYS =
    Base.PkgId(Base.UUID("1a1011a3-84de-559e-8e89-a11a2f7dc383"), "SharedArrays")

"Has the memory of every `SharedArray` that is made from now on be a share."
function take_over_shared_arrays!(session::Session)
    Sys.islinux() || return nothing
    shares = session.bridge.codec.shares
    package = get(Base.loaded_modules, SHARED_ARRAYS, nothing)
    package === nothing || return map_segments_of(package, shares)
    push!(Base.package_callbacks, id -> id == SHARED_ARRAYS &&
        map_segments_of(Base.loaded_modules[id], shares))
    return nothing
end

# A method for the type of the name that is always given: the package's own, for any, stands behind it.
function map_segments_of(package::Module, shares::Values.Shares)
    isdefined(package, :_shm_mmap_array) && isdefined(package, :shm_open) || return nothing
    Core.eval(package, quote
        function _shm_mmap_array(T::Type, dims::Tuple, name::String, mode::Integer)
            array = $map_segment($shares, T, dims, () -> shm_open(name, mode, 0o600), mode)
            array === nothing || return array
            return invoke(_shm_mmap_array, Tuple{Any,Any,Any,Any}, T, dims, name, mode)
        end
    end)
    return nothing
end

"""
    map_segment(shares, T, dims, open, mode)

The memory as a share: what `open()` gives a descriptor of, and what is to be made where `mode` says so;
`nothing` where its elements are no plain bits in Python.
"""
function map_segment(shares::Values.Shares, ::Type{T}, dims::Dims, open, mode::Integer) where {T}
    Values.is_shareable(T) || return nothing
    fd = Int(open())
    fd < 0 && throw(SystemError("shm_open"))
    size = prod(dims) * sizeof(T)
    try
        is_new = mode & Base.Filesystem.JL_O_CREAT != 0
        is_new && !(Values.is_roomy(size) && Values.allocate(fd, size)) &&
            error("there is no room for $(Values.in_words(size)) in /dev/shm")
        share = Values.hold_file!(shares, fd, Values.whole_file(stat(RawFD(fd)), size))
        return Values.wrap(shares, share, T, dims, 0)
    finally
        Values.close_descriptor(fd)
    end
end
