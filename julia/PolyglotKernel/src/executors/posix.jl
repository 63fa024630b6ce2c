# System calls that Julia's standard library has no form for: descriptors that never block, processes
# with their own group and more than three descriptors, their signals and their ends.

const O_RDWR = Cint(2)
const O_CLOEXEC = Sys.islinux() ? Cint(0x80000) : Cint(0x1000000)
const O_NONBLOCK = Sys.islinux() ? Cint(0x800) : Cint(0x4)
const F_GETFL = Cint(3)
const F_SETFL = Cint(4)
const F_DUPFD_CLOEXEC = Sys.islinux() ? Cint(1030) : Cint(67)
const F_SETPIPE_SZ = Cint(1031)
const FIONREAD = Sys.islinux() ? Culong(0x541b) : Culong(0x4004667f)
const SIGINT = Cint(2)
const SIGKILL = Cint(9)
const SIG_IGN = Csize_t(1)
const SIG_UNBLOCK = Cint(1)         # on Linux
const SIGTERM = Cint(15)
const WNOHANG = Cint(1)
const SPAWN_SETPGROUP = Cshort(0x02)
const SPAWN_SETSIGDEF = Cshort(0x04)
const SPAWN_SETSIGMASK = Cshort(0x08)
const SYS_PIDFD_OPEN = Clong(434)

const LOWEST_OWN_FD = Cint(16)      # so that those below are free to be given to a child
const PIPE_CAPACITY = Cint(2^20)

function system_check(result::Integer, call::String)
    result == -1 && throw(SystemError(call, Libc.errno()))
    return result
end

fcntl(fd::Cint, command::Cint, argument::Cint) =
    ccall(c_symbol(:fcntl), Cint, (Cint, Cint, Cint...), fd, command, argument)

"A pipe as `(read end, write end)`; children inherit neither. A large one, where the system lets us."
function open_pipe()
    ends = zeros(Cint, 2)
    system_check(ccall(:pipe, Cint, (Ptr{Cint},), ends), "pipe")
    Sys.islinux() && fcntl(ends[1], F_SETPIPE_SZ, PIPE_CAPACITY)
    return move_away(ends[1]), move_away(ends[2])
end

function move_away(fd::Cint)
    duplicate = system_check(fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_OWN_FD), "fcntl")
    close_fd(fd)
    return duplicate
end

"How many descriptors this process may have."
function descriptor_limit()
    RLIMIT_NOFILE = Cint(Sys.islinux() ? 7 : 8)
    limits = zeros(UInt64, 2)       # struct rlimit { rlim_t soft, hard; }
    system_check(ccall(:getrlimit, Cint, (Cint, Ptr{UInt64}), RLIMIT_NOFILE, limits), "getrlimit")
    return Int(min(limits[1], UInt64(typemax(Int32))))
end

"The null device; only what a child is given of it outlives its start."
open_null() = move_away(
    system_check(ccall(:open, Cint, (Cstring, Cint), "/dev/null", O_RDWR | O_CLOEXEC), "open")
)

close_fd(fd::Cint) = (ccall(:close, Cint, (Cint,), fd); nothing)

function set_nonblocking(fd::Cint)
    flags = ccall(c_symbol(:fcntl), Cint, (Cint, Cint...), fd, F_GETFL)
    fcntl(fd, F_SETFL, flags | O_NONBLOCK)
    return nothing
end

"Put the file `from` in the place of `to` in one step: at no moment is there none (`mv` removes `to` first)."
function rename_file(from::String, to::String)
    system_check(ccall(:rename, Cint, (Cstring, Cstring), from, to), "rename")
    return nothing
end

"How many bytes wait to be read from `fd`."
function bytes_available(fd::Cint)
    count = Ref{Cint}(0)
    ccall(c_symbol(:ioctl), Cint, (Cint, Culong, Ref{Cint}...), fd, FIONREAD, count)
    return Int(count[])
end

"""
    read_some!(fd, buffer, most)

Read up to `most` bytes into the front of `buffer`: how many came, 0 at the end of the file, -1 when
none are there now.
"""
read_some!(fd::Cint, buffer::Vector{UInt8}, most::Int) =
    GC.@preserve buffer read_some(fd, pointer(buffer), min(most, length(buffer)))

"The same, to the bytes at `place`."
function read_some(fd::Cint, place::Ptr{UInt8}, most::Int)
    while true
        count = ccall(:read, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), fd, place, most)
        count >= 0 && return Int(count)
        Libc.errno() == Libc.EINTR || return Libc.errno() == Libc.EAGAIN ? -1 : 0
    end
end

"""
    write_some(fd, bytes, from, to = length(bytes))

Write `bytes[from:to]`, as much as fits now; the number of bytes written, -1 when nobody reads.
"""
function write_some(fd::Cint, bytes::Vector{UInt8}, from::Int, to::Int=length(bytes))
    count = GC.@preserve bytes ccall(
        :write, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), fd, pointer(bytes, from), to - from + 1
    )
    count >= 0 && return Int(count)
    return Libc.errno() in (Libc.EAGAIN, Libc.EINTR) ? 0 : -1
end

"""
    spawn(command, environment, fds, group)

Start `command`, whose descriptor 0, 1, … are `fds`, with all signals at their defaults, in process
group `group` (0: a new one of its own). Returns the process id. Throws `SystemError`.
"""
function spawn(
    command::Vector{String}, environment::Vector{String}, fds::Vector{Cint}, group::Cint
)
    actions = zeros(UInt8, 512)       # posix_spawn_file_actions_t, at most 80 bytes
    attributes = zeros(UInt8, 1024)   # posix_spawnattr_t, at most 336 bytes
    none = zeros(UInt8, 128)          # sigset_t
    usual = zeros(UInt8, 128)
    GC.@preserve actions attributes none usual begin
        ccall(:posix_spawn_file_actions_init, Cint, (Ptr{UInt8},), actions)
        ccall(:posix_spawnattr_init, Cint, (Ptr{UInt8},), attributes)
        for target in 1:length(fds)
            ccall(
                :posix_spawn_file_actions_adddup2, Cint, (Ptr{UInt8}, Cint, Cint), actions, fds[target],
                target - 1
            )
        end
        # Julia blocks signals in its threads, and a child would inherit that.
        for signal in (1, 2, 3, 10, 12, 13, 15)
            ccall(:sigaddset, Cint, (Ptr{UInt8}, Cint), usual, signal)
        end
        flags = SPAWN_SETPGROUP | SPAWN_SETSIGDEF | SPAWN_SETSIGMASK
        ccall(:posix_spawnattr_setflags, Cint, (Ptr{UInt8}, Cshort), attributes, flags)
        ccall(:posix_spawnattr_setpgroup, Cint, (Ptr{UInt8}, Cint), attributes, group)
        ccall(:posix_spawnattr_setsigmask, Cint, (Ptr{UInt8}, Ptr{UInt8}), attributes, none)
        ccall(:posix_spawnattr_setsigdefault, Cint, (Ptr{UInt8}, Ptr{UInt8}), attributes, usual)
        pid = Ref{Cint}(0)
        problem = ccall(
            :posix_spawnp, Cint,
            (Ref{Cint}, Cstring, Ptr{UInt8}, Ptr{UInt8}, Ptr{Cstring}, Ptr{Cstring}),
            pid, command[1], actions, attributes, command, environment,
        )
        ccall(:posix_spawn_file_actions_destroy, Cint, (Ptr{UInt8},), actions)
        ccall(:posix_spawnattr_destroy, Cint, (Ptr{UInt8},), attributes)
        problem == 0 || throw(SystemError(command[1], problem))
        return pid[]
    end
end

send_signal(pid::Cint, signal::Cint) = ccall(:kill, Cint, (Cint, Cint), pid, signal)
signal_group(group::Cint, signal::Cint) = send_signal(-group, signal)

"""
    ignore_sigint()

Have the system discard this process's SIGINT: a terminal's Ctrl-C is for the client, and the kernel is
interrupted by message. Julia would throw some in a row into whatever runs. Linux discards an ignored signal
unless the main thread blocks it, as Julia has it do. Elsewhere nothing is changed.
"""
function ignore_sigint()
    Sys.islinux() || return nothing
    set = zeros(UInt64, 16)     # a sigset_t
    set[1] = UInt64(1) << (SIGINT - 1)
    ccall(:signal, Ptr{Cvoid}, (Cint, Csize_t), SIGINT, SIG_IGN)
    ccall(:pthread_sigmask, Cint, (Cint, Ptr{UInt64}, Ptr{Cvoid}), SIG_UNBLOCK, set, C_NULL)
    return nothing
end

"What is known of the end of a process that somebody else has waited for."
const UNKNOWN_STATUS = Cint(-1)
const EXIT_SUCCESS = Cint(0)

"""
    exit_status(pid, pidfd, options = WNOHANG)

How process `pid` ended (the status of waitpid), `nothing` while it runs; with `options` 0 it waits. A script
that starts Julia may have waited for what the shim has started before, or be its parent still:
[`UNKNOWN_STATUS`](@ref) then.
"""
function exit_status(pid::Cint, pidfd::Cint, options::Cint=WNOHANG)
    status = Ref{Cint}(0)
    result = ccall(:waitpid, Cint, (Cint, Ref{Cint}, Cint), pid, status, options)
    if result == pid && is_halted(status[])     # it was halted later than the host waited for that
        release(pid, halting_signal(status[]))
        return exit_status(pid, pidfd, options)
    end
    result == pid && return status[]
    (result == -1 && Libc.errno() == Libc.ECHILD) || return nothing
    waits = options == WNOHANG ? Cint(0) : FOREIGN_WAIT
    runs = pidfd >= 0 ? !becomes_readable(pidfd, waits) : send_signal(pid, Cint(0)) == 0
    return runs && options == WNOHANG ? nothing : UNKNOWN_STATUS
end

"How long the end of a process is waited for that was killed and is nobody's child here, in ms."
const FOREIGN_WAIT = Cint(1000)

"Whether `fd` can be read from within `timeout` ms."
becomes_readable(fd::Cint, timeout::Cint) = becomes(POLLIN, fd, timeout)

"Whether `fd` takes some more within `timeout` ms, or never will again."
becomes_writable(fd::Cint, timeout::Cint) = becomes(POLLOUT, fd, timeout)

const POLLIN = UInt64(1)
const POLLOUT = UInt64(4)

function becomes(events::UInt64, fd::Cint, timeout::Cint)
    # struct pollfd { int fd; short events; short revents; }, little-endian
    poll = Ref(UInt64(fd % UInt32) | events << 32)
    return ccall(:poll, Cint, (Ref{UInt64}, Culong, Cint), poll, 1, timeout) > 0
end

"A descriptor that becomes readable when process `pid` ends; -1 where the system has no such thing."
function open_pidfd(pid::Cint)
    Sys.islinux() || return Cint(-1)
    return Cint(ccall(c_symbol(:syscall), Clong, (Clong, Clong...), SYS_PIDFD_OPEN, Clong(pid), Clong(0)))
end

"A descriptor of the memory of process `pid`, -1 where that may not be read."
function open_memory(pid::Cint)
    Sys.islinux() || return Cint(-1)
    return ccall(:open, Cint, (Cstring, Cint), string("/proc/", pid, "/mem"), O_CLOEXEC)
end

"The C integer at `address` in `memory`, `nothing` if it cannot be read."
function read_word(memory::Cint, address::Int)
    word = Ref{Cint}(0)
    count = ccall(
        :pread, Cssize_t, (Cint, Ref{Cint}, Csize_t, Int64), memory, word, sizeof(Cint), address
    )
    return count == sizeof(Cint) ? word[] : nothing
end

const SIGNAL_NAMES = Dict(
    1 => "SIGHUP", 2 => "SIGINT", 3 => "SIGQUIT", 4 => "SIGILL", 6 => "SIGABRT", 8 => "SIGFPE",
    9 => "SIGKILL", 11 => "SIGSEGV", 13 => "SIGPIPE", 15 => "SIGTERM",
    (Sys.islinux() ? 7 : 10) => "SIGBUS",
)

"What a status of waitpid says, in words."
function describe_status(status::Cint)
    status == UNKNOWN_STATUS && return "ended"
    signal = status & 0x7f
    signal == 0 && return "ended with exit code $((status >> 8) & 0xff)"
    name = get(SIGNAL_NAMES, Int(signal), "signal $signal")
    hint = if name == "SIGKILL"
        " (the system does this when memory runs out)"
    elseif name == "SIGSEGV"
        " (a crash in compiled code)"
    else
        ""
    end
    return "was ended by $name$hint"
end
