"""
Values, references and calls that cross between Julia and another language (`docs/values.md`).

A [`Codec`](@ref) turns a value into the buffers of a frame and back. What does not convert stays
where it is and crosses as a reference.
"""
module Values

using Dates
using UUIDs

using PolyglotCommon: Compat

include("errors.jl")
include("tags.jl")
include("finalizing.jl")
include("uncollected.jl")
include("passing_memory.jl")
include("shared.jl")
include("room.jl")
include("shares.jl")
include("mapped_files.jl")
include("references.jl")
include("types.jl")
include("elements.jl")
include("encoder.jl")
include("scalar_encoder.jl")
include("decoder.jl")
include("texts.jl")
include("texts_decoder.jl")
include("packed_encoder.jl")
include("packed_containers.jl")
include("container_encoder.jl")
include("array_encoder.jl")
include("record_encoder.jl")
include("container_decoder.jl")
include("packed_decoder.jl")
include("array_decoder.jl")
include("places.jl")
include("shared_arrays.jl")
include("mapped_arrays.jl")
include("tables.jl")
include("codec.jl")

end
