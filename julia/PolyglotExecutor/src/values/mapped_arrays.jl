# Arrays whose elements stand in a file that is mapped (`Mmap.mmap`, `numpy.memmap`): what crosses is where
# in which file, and the other side maps it, too (`docs/values.md`, *Files larger than memory*).

"""
    file_of(a)

The range of a file that the elements of `a` stand in, `nothing` if there is none. Costs nothing for arrays
whose memory is Julia's own.
"""
function file_of(@nospecialize(a), maps=read_maps)
    root = root_of(a)
    root !== nothing && Compat.is_foreign(root) || return nothing
    place = place_of(a)
    return place === nothing ? nothing : find_file(span(place, a)..., maps())
end

"""
    sharing_of(shares, a, maps = read_maps)

In what the elements of `a` are shared: `"memory"`, or the path of a file; or `""`.
"""
function sharing_of(shares::Shares, @nospecialize(a), maps=read_maps)
    share_of(shares, a) === nothing || return "memory"
    range = file_of(a, maps)
    return range === nothing || range.mode == MODE_COPY ? "" : plain_path(range)
end

"`a` as a place in the file that it is mapped from. Whether it is mapped from one."
function write_mapped_array(encoder::Encoder, description::Vector{UInt8}, @nospecialize(a))
    is_shareable(eltype(a)) || return false
    range = file_of(a)
    range === nothing && return false
    range.mode == MODE_COPY && is_changed(range) && return false
    _, stop = span(place_of(a), a)
    status = status_of(range, Int(stop - range.address), type_name(a))
    write_place(encoder, MAPPED_ARRAY, description, a, range.address)
    write_tag(encoder, range.mode)
    write_blob(encoder, Vector{UInt8}(codeunits(range.path)))
    for number in (status.device, status.inode, range.start, range.size)
        write_number(encoder, UInt64(number))
    end
    return true
end

function status_of(range::FileRange, needed::Int, type::String)
    status = stat(range.path)
    isfile(status) || throw(ConversionError("its file is not there any more: $(plain_path(range))", type))
    filesize(status) >= range.start + needed ||
        throw(ConversionError("its file has become shorter: $(range.path)", type))
    return status
end

function read_mapped_array(decoder::Decoder)
    T, dims, steps, offset = read_place(decoder)
    mode = read_byte(decoder)
    path = read_text(decoder)
    extent = Extent((read_number(decoder, UInt64) for _ in 1:4)..., mode)
    share = hold_range!(decoder.files, path, extent)
    return place_array(decoder.files, share, T, dims, steps, offset)
end

"The range of the file at `path`, with one more holder."
function hold_range!(files::Shares, path::String, extent::Extent)
    known = hold_known!(files, extent)
    known === nothing || return known
    io = try
        open(path; read=true, write=extent.mode == MODE_WRITE, create=false, truncate=false)
    catch e
        e isa SystemError || rethrow()
        throw(ConversionError("$path: $(Libc.strerror(e.errnum))", "file"; verb="receive"))
    end
    try
        status = stat(io)
        (status.device, status.inode) == (extent.device, extent.inode) ||
            throw(ConversionError("$path is another file now", "file"; verb="receive"))
        return hold_new!(files, Compat.descriptor(io), extent, -1)
    finally
        close(io)
    end
end

READERS[MAPPED_ARRAY + 1] = read_mapped_array
