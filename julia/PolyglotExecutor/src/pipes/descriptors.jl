# Which descriptors are the executor's: none that user code reaches by a small number. Programs close,
# duplicate to and write to those that they take for free, the small ones. The host keeps those up to 15
# occupied while the process starts, so that all that the runtime opens for itself then is above them; the
# pipes to the host move much higher.

const REQUESTS, REPLIES = RawFD(3), RawFD(4)   # as the host gives them
const ROOM = 3:15        # the null device keeps these free; the first two from `move_up` on
const HIGH = 1000
const PIPES_LOST = Cint(71)    # exit code
const SPARE = 16   # of what the process may open, where that is less

"The same pipe as a high descriptor that no child inherits, the null device in its place."
function move_up(fd::RawFD)
    moved = high_duplicate(fd)
    null = open_null()
    duplicate_to(null, fd)
    close_fd(null)
    return moved
end

duplicate_to(from::RawFD, to::RawFD) =
    checked("dup2", ccall(:dup2, Cint, (RawFD, RawFD), from, to))

"Whether there is such a descriptor."
is_open(fd::RawFD) = ccall(c_symbol(:fcntl), Cint, (RawFD, Cint, Cint...), fd, 1, 0) != -1     # F_GETFD

open_null() = RawFD(checked("open", ccall(:open, Cint, (Cstring, Cint), "/dev/null", 2)))

function high_duplicate(fd::RawFD)
    F_DUPFD_CLOEXEC = Sys.islinux() ? 1030 : 67
    lowest = max(Int(reinterpret(Cint, fd)), min(HIGH, descriptor_limit() - SPARE))
    return RawFD(fcntl(fd, F_DUPFD_CLOEXEC, lowest))
end

"How many descriptors the process may have."
function descriptor_limit()
    RLIMIT_NOFILE = Sys.islinux() ? 7 : 8
    limits = zeros(UInt64, 2)   # struct rlimit { rlim_t soft, hard; }
    checked("getrlimit", ccall(:getrlimit, Cint, (Cint, Ptr{UInt64}), RLIMIT_NOFILE, limits))
    return Int(min(limits[1], UInt64(typemax(Int32))))
end

"Let user code have the small descriptors. Another program than the host may keep none of them."
function free_room()
    null = stat("/dev/null")
    for fd in ROOM
        found = try
            stat(RawFD(fd))
        catch
            continue
        end
        found.inode == null.inode && found.device == null.device && close_fd(RawFD(fd))
    end
    return nothing
end

close_fd(fd::RawFD) = (ccall(:close, Cint, (RawFD,), fd); nothing)

"Ends the process, which can hear nothing and tell nothing: user code has closed its pipes."
function leave_without_pipes()
    words = "the pipes to the kernel are lost: user code has closed them\n"
    ccall(:write, Cssize_t, (Cint, Cstring, Csize_t), 2, words, sizeof(words))
    return ccall(:_exit, Cvoid, (Cint,), PIPES_LOST)
end

# libuv has made it non-blocking, and C code that prints loses what does not fit then.
function set_blocking(fd::RawFD)
    F_GETFL, F_SETFL = 3, 4
    O_NONBLOCK = Sys.islinux() ? 0x800 : 0x4
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) & ~O_NONBLOCK)
    return nothing
end

fcntl(fd::RawFD, command::Int, argument::Integer) = checked(
    "fcntl", ccall(c_symbol(:fcntl), Cint, (RawFD, Cint, Cint...), fd, command, argument % Cint)
)

checked(call::String, result::Integer) = (systemerror(call, result == -1); result)
