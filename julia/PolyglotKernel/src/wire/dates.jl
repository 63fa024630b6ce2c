# Dates of messages: ISO 8601 ("General Message Format" in messaging.rst).

"`seconds` since the epoch in ISO 8601, in UTC, to the microsecond."
function utc_timestamp(seconds::Float64)
    whole = floor(Int, seconds)
    micros = floor(Int, (seconds - whole) * 1e6)
    fields = Libc.TmStruct()
    ccall(:gmtime_r, Ptr{Cvoid}, (Ref{Clong}, Ref{Libc.TmStruct}), whole, fields)
    digits = SubString(string(1_000_000 + micros), 2)      # of which there are six
    return string(Libc.strftime("%Y-%m-%dT%H:%M:%S", fields), ".", digits, "Z")
end

const DATE =
    r"^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"

"""
    read_date(text)

The seconds since the epoch of a date in ISO 8601, to the fraction that it gives; NaN for what is none.
One without a zone is in UTC.
"""
function read_date(text::String)
    found = match(DATE, text)
    found === nothing && return NaN
    year, month, day, hour, minute, second = (parse(Int, found[i]::SubString) for i in 1:6)
    fields = Libc.TmStruct(second, minute, hour, day, month - 1, year - 1900, 0, 0, 0)
    whole = ccall(:timegm, Clong, (Ref{Libc.TmStruct},), fields)
    fraction = found[7] === nothing ? 0.0 : parse(Float64, "0" * found[7])
    return whole + fraction - zone_offset(found[8])
end

zone_offset(::Nothing) = 0

# Seconds east of UTC.
function zone_offset(zone::AbstractString)
    zone == "Z" && return 0
    digits = replace(zone[2:end], ":" => "")
    seconds = 3600 * parse(Int, digits[1:2]) + 60 * parse(Int, digits[3:4])
    return zone[1] == '-' ? -seconds : seconds
end
