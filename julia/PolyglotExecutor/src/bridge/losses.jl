# Warnings of what the other language's types do not hold of a value that is sent.

"What the user was warned of in a cell, and where: once for each place."
mutable struct Warned
    cell::Any
    places::Set{Any}
end

Warned() = Warned(nothing, Set{Any}())

"What is about to be sent, when the user has been warned of what is lost."
function checked(session, encoded::Values.Encoded)
    isempty(encoded.losses) || warn_of_losses(session, encoded.losses)
    return encoded
end

@noinline function warn_of_losses(session, losses::Vector{String})
    warned = session.bridge.warned
    if warned.cell != session.request.id
        warned.cell = session.request.id
        empty!(warned.places)
    end
    file, line = user_place()
    for loss in losses
        (loss, file, line) in warned.places && continue
        push!(warned.places, (loss, file, line))
        @warn loss _module = session.mod _file = file _line = line _id = Symbol(loss)
    end
    return nothing
end

"File and line of the user's code that runs; nothing when a cell is over or Python asks."
function user_place()
    for frame in stacktrace()
        # Base's own files have relative names; some versions of Julia show cells so too.
        file = replace(string(frame.file), "./In[" => "In[")
        startswith(file, "./") || frame.from_c || startswith(normpath(file), KERNEL_FILES) ||
            return file, frame.line
    end
    return nothing, nothing
end
