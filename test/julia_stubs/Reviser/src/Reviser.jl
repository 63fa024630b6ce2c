"A package that takes changed files into the session as Revise does: by what the REPL does to each input."
module Reviser

const SEEN = Dict{String,String}()

function track(path)
    SEEN[path] = read(path, String)
    return Base.include(Main, path)
end

function revise()
    for path in collect(keys(SEEN))
        text = read(path, String)
        text == SEEN[path] && continue
        SEEN[path] = text
        try
            Base.include(Main, path)
        catch exception
            @error "Failed to revise $path" exception
        end
    end
    return nothing
end

revise_first(input) = Expr(:toplevel, :($revise()), input)

function __init__()
    if isdefined(Base, :active_repl_backend)
        push!(Base.active_repl_backend.ast_transforms, revise_first)
    end
    return nothing
end

end
