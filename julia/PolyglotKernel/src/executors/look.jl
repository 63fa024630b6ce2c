# Where the main thread of an executor is, and a signal that meets it there.
#
# Julia throws an interrupt by itself where its code looks for one. Code that never looks can only be left by
# force, which is safe in compiled Julia code and where the thread merely waits for the system, and nowhere
# else: not in the compiler, in the collector, or in a library that is in the middle of something. So the host
# halts the thread (ptrace(2), which Linux grants a parent), looks where it stands, and sends the signal only
# there: the thread meets it before it takes another step.

const PTRACE_DETACH = Clong(17)
const PTRACE_GETREGSET = Clong(0x4204)
const PTRACE_SEIZE = Clong(0x4206)
const PTRACE_INTERRUPT = Clong(0x4207)
const PTRACE_EVENT_STOP = Cint(128)
const SYSCALL_STOP = Cint(5 | 0x80)     # no signal, but a system call of a process that is watched for those
const NT_PRSTATUS = Clong(1)
const SIGUSR2 = Cint(12)
const WALL = Cint(0x40000000)

"Which of the general registers holds the program counter, from 1; 0 where that is not known."
const PROGRAM_COUNTER = Sys.ARCH === :x86_64 ? 17 : Sys.ARCH === :aarch64 ? 33 : 0

"System calls that wait and hold nothing meanwhile, by their numbers."
const WAITING_CALLS = if Sys.ARCH === :x86_64
    # read poll select pause nanosleep accept recvfrom wait4 clock_nanosleep epoll_wait waitid pselect6 ppoll
    (0, 7, 23, 34, 35, 43, 45, 61, 230, 232, 247, 270, 271)
else
    # epoll_pwait read pselect6 ppoll waitid nanosleep clock_nanosleep accept recvfrom wait4
    (22, 63, 72, 73, 95, 101, 115, 202, 207, 260)
end

const HALT_SECONDS = 0.02       # in which a thread halts that can be halted
const STEP_SECONDS = 0.0001

can_look() = Sys.islinux() && PROGRAM_COUNTER > 0

ptrace(request::Clong, pid::Cint, address::Clong, data::Clong) =
    ccall(:ptrace, Clong, (Clong, Cint, Clong, Clong), request, pid, address, data)

"""
    send_sigint_where(is_safe, pid)

Halt the main thread of `pid` and send it SIGINT if `is_safe(pid)` where it stands; it runs on in any case.
`:sent`, `:unsafe`, or `:blind` where the system does not let the host look.
"""
function send_sigint_where(is_safe, pid::Cint)
    can_look() && begin_halt(pid) || return :blind
    signal = await_halt(pid)
    signal === nothing && return :unsafe    # the next look, or `exit_status`, meets it when it has halted
    safe = is_safe(pid)::Bool
    if safe
        send_signal(pid, SIGINT)
        await_signal(pid)
    end
    release(pid, signal)
    return safe ? :sent : :unsafe
end

# Whether the thread will halt: it is told to, or was before, and came to no processor while that was waited for.
function begin_halt(pid::Cint)
    ptrace(PTRACE_SEIZE, pid, Clong(0), Clong(0)) == -1 && return is_halting(pid)
    ptrace(PTRACE_INTERRUPT, pid, Clong(0), Clong(0))
    return true
end

"Whether the main thread of `pid` was told to halt, by this process, and not let go since."
is_halting(pid::Cint) = status_field(pid, "TracerPid") == string(getpid())

# The signal that was to be delivered when the thread halted, 0 for none; nothing if it does not halt.
function await_halt(pid::Cint)
    status = Ref{Cint}(0)
    deadline = monotonic() + HALT_SECONDS
    while monotonic() < deadline
        result = ccall(:waitpid, Cint, (Cint, Ref{Cint}, Cint), pid, status, WNOHANG | WALL)
        result == pid && return is_halted(status[]) ? halting_signal(status[]) : nothing
        Libc.systemsleep(STEP_SECONDS)
    end
    return nothing
end

"Whether a status of waitpid says that the process was halted, and not that it has ended."
is_halted(status::Cint) = status & 0xff == 0x7f

halting_signal(status::Cint) = status >> 16 == PTRACE_EVENT_STOP ? Cint(0) : (status >> 8) & Cint(0xff)

"Let a halted process go on, with the signal that was to be delivered."
function release(pid::Cint, signal::Cint)
    delivered = signal == SYSCALL_STOP ? Cint(0) : signal
    return ptrace(PTRACE_DETACH, pid, Clong(0), Clong(delivered))
end

# Julia's signal thread takes the SIGINT and passes it on as SIGUSR2, which waits for the halted thread.
function await_signal(pid::Cint)
    deadline = monotonic() + HALT_SECONDS
    while !is_pending(pid, "SigPnd", SIGUSR2) && monotonic() < deadline
        Libc.systemsleep(STEP_SECONDS)
    end
    return nothing
end

"""
    is_pending(pid, set, signal)

Whether `signal` waits to be delivered: in `set` "SigPnd" to the main thread of `pid`, in "ShdPnd" to any.
"""
function is_pending(pid::Cint, set::String, signal::Cint)
    mask = tryparse(UInt64, status_field(pid, set); base=16)
    return mask !== nothing && (mask >> (signal - 1)) & 1 == 1
end

"What /proc says of `pid` under `name`, empty where it says nothing."
function status_field(pid::Cint, name::String)
    status = read_proc(pid, "status")
    found = findfirst(name * ":", status)
    found === nothing && return ""
    stop = something(findnext('\n', status, last(found)), lastindex(status))
    return String(strip(SubString(status, last(found) + 1, stop)))
end

# The system gives these files out a page at a time.
function read_proc(pid::Cint, name::String)
    file = ccall(:open, Cint, (Cstring, Cint), string("/proc/", pid, "/", name), O_CLOEXEC)
    file == -1 && return ""
    text = UInt8[]
    page = Vector{UInt8}(undef, 2^12)
    while (count = read_some!(file, page, length(page))) > 0
        append!(text, page[1:count])
    end
    close_fd(file)
    return String(text)
end

"Whether the halted main thread of `pid` stands in compiled Julia code."
function is_in_julia(pid::Cint)
    counter = program_counter(pid)
    for line in split(read_proc(pid, "maps"), '\n'; keepempty=false)
        covers(line, counter) && return is_julia_code(line)
    end
    return false
end

"Whether the halted main thread of `pid` stands in compiled Julia code, or waits for the system."
is_in_julia_or_waits(pid::Cint) = is_waiting(pid) || is_in_julia(pid)

function is_waiting(pid::Cint)
    number = tryparse(Int, first(split(read_proc(pid, "syscall"), ' ')))
    return number !== nothing && number in WAITING_CALLS
end

program_counter(pid::Cint) = general_register(pid, PROGRAM_COUNTER)

"One of the general registers of a halted thread, from 1; 0 where they cannot be read."
function general_register(pid::Cint, index::Int)
    registers = zeros(UInt64, 64)
    GC.@preserve registers begin
        vector = UInt64[UInt64(UInt(pointer(registers))), sizeof(registers)]    # struct iovec
        GC.@preserve vector begin
            place = reinterpret(Clong, UInt(pointer(vector)))
            ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, place) == -1 && return UInt64(0)
        end
    end
    return registers[index]
end

# A line of /proc/PID/maps: 7f0000000000-7f0000001000 r-xp 00000000 00:00 0      PATH
function covers(line::AbstractString, address::UInt64)
    range = split(first(split(line, ' ')), '-')
    length(range) == 2 || return false
    from, to = tryparse(UInt64, range[1]; base=16), tryparse(UInt64, range[2]; base=16)
    return from !== nothing && to !== nothing && from <= address < to
end

# What the compiler has made lies in no file, or in one without a name; packages' caches and the system image,
# which the compiler itself is a part of, are libraries.
function is_julia_code(line::AbstractString)
    fields = split(line, ' '; keepempty=false)
    length(fields) < 6 && return true
    path = join(fields[6:end], ' ')
    return startswith(path, "/memfd:") || endswith(path, "(deleted)") || occursin("/compiled/v", path) ||
           startswith(basename(path), "sys.") || startswith(path, "/dev/zero")
end
