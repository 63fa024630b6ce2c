# Nothing that an executor has started outlives it, nor the host, however they end: not what spins, not what
# has left the process group (Distributed's workers, daemons). The group is killed, and then whoever carries
# the executor's mark.

"""
Waits for the end of its standard input, whatever signals come, which only the host holds. Without a line
before it the host is dead, and the group \$0 is still to be killed. Then all those go that carry the mark
\$1, again and again until no new ones turn up.
"""
const GUARD_SCRIPT = raw"""
trap '' HUP INT QUIT TERM
read line || kill -KILL -- -$0
rounds=0 killed=
while [ $((rounds = rounds + 1)) -le 100 ]; do
    found=$(grep -ls "^Max file locks  *$1 " /proc/[0-9]*/limits)
    [ -n "$found" ] && [ "$found" != "$killed" ] || break
    for limits in $found; do
        pid=${limits#/proc/}
        kill -KILL ${pid%/limits}
    done
    killed=$found
done
"""

const RLIMIT_LOCKS = Cint(10)

"""
    set_mark(pid, mark)

Mark process `pid` and all that it will start. Of what a program inherits its limit of file locks alone, which
Linux has not looked at since 2.4, is changed by nobody on the way: not by an environment of its own, a
session, or another name. With 0 a mark is taken away. Nothing is done where there are no such marks.
"""
function set_mark(pid::Cint, mark::UInt64)
    Sys.islinux() || return nothing
    limits = zeros(UInt64, 2)       # struct rlimit { rlim_t soft, hard; }
    known = ccall(:prlimit, Cint, (Cint, Cint, Ptr{UInt64}, Ptr{UInt64}), pid, RLIMIT_LOCKS, C_NULL, limits)
    known == 0 || return nothing
    limits[1] = mark == 0 ? limits[2] : min(mark, limits[2])
    ccall(:prlimit, Cint, (Cint, Cint, Ptr{UInt64}, Ptr{UInt64}), pid, RLIMIT_LOCKS, limits, C_NULL)
    return nothing
end

"A mark that nobody else has: of 49 bits, far from any limit that somebody sets."
random_mark() = UInt64(1) << 48 | parse(UInt64, random_id()[1:12]; base=16)

"Mark the executor that leads `group`, and start its guard: the guard's process id, and its pipe."
function start_guard(group::Cint)
    mark = random_mark()
    set_mark(group, mark)
    from, to = open_pipe()
    null = open_null()
    command = ["/bin/sh", "-c", GUARD_SCRIPT, string(group), string(mark)]
    path = "PATH=/usr/bin:/bin:" * get(ENV, "PATH", "")     # of what the script needs: grep
    guard = spawn(command, [path], [from, null, null], Cint(0))
    set_mark(guard, UInt64(0))      # or the guards around a kernel in a kernel would end ours
    close_fd(from)
    close_fd(null)
    return guard, to
end

"The executor is dead and its group killed: wait until what has left the group is, too."
function dismiss_guard(guard::Cint, pipe::Cint)
    write_some(pipe, UInt8['\n'], 1)
    close_fd(pipe)
    ccall(:waitpid, Cint, (Cint, Ptr{Cint}, Cint), guard, C_NULL, 0)
    return nothing
end
