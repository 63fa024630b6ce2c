"""
    monotonic()

Seconds on a clock that only goes forward, the same one in all processes of a machine. Whatever waits or
is due is told by it: the time of day may be set, by hours, while the kernel runs.
"""
monotonic() = time_ns() / 1e9

"""
    time_of_day(moment)

The `time()` of a moment of `monotonic`, for who reads dates.
"""
time_of_day(moment::Float64) = time() - (monotonic() - moment)
