# Connection files: whatever is wrong with one, the error names the file, and the field at fault.

using Test
using PolyglotCommon: JSON
using PolyglotKernel: PolyglotKernel

const PORTS = string.(PolyglotKernel.CHANNELS, "_port")
const GOOD = Dict{String,Any}(
    "transport" => "tcp", "ip" => "127.0.0.1", "key" => "0123456789abcdef",
    "signature_scheme" => "hmac-sha256", (port => 0 for port in PORTS)...,
)

"What reading a file with this text is refused with; empty when it is not."
function refusal(text)
    return mktemp() do path, io
        write(io, text)
        close(io)
        try
            PolyglotKernel.read_connection(path)
        catch e
            e isa PolyglotKernel.StartError || rethrow()
            @test occursin(path, e.message) && !occursin('\n', e.message)
            return e.message
        end
        return ""
    end
end

refusal(fields::Dict) = refusal(JSON.json(fields))

names(field::String, message::String) = occursin("\"$field\"", message)

@testset "good" begin
    @test refusal(GOOD) == ""
    @test refusal(filter(field -> field[1] != "transport", GOOD)) == ""
end

@testset "not JSON" for text in ("", "{", "shell_port=1", "{\"ip\": }", "\xff")
    @test occursin("JSON", refusal(text))
end

@testset "not an object" begin
    @test occursin("object", refusal("[1]"))
end

@testset "$field is missing" for field in ["ip", "key", PORTS...]
    message = refusal(filter(other -> other[1] != field, GOOD))
    @test names(field, message) && occursin("missing", message)
end

const WRONG = [
    "shell_port" => "1", "iopub_port" => 1.5, "stdin_port" => -1, "control_port" => 65536,
    "hb_port" => [], "hb_port" => true, "key" => 1, "key" => nothing, "ip" => ["a"], "ip" => "",
    "transport" => "udp", "transport" => 1, "signature_scheme" => 5, "signature_scheme" => "hmac-md5",
]

@testset "$field is $(repr(value))" for (field, value) in WRONG
    @test names(field, refusal(merge(GOOD, Dict{String,Any}(field => value))))
end

const KEYS = Dict{String,Any}(
    "curve_publickey" => "Yne@\$w-vo<fVvi]a<NY6T1ed:M\$fCG*[IaLV{hID",
    "curve_secretkey" => "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
)

@testset "keys for encryption" begin
    @test refusal(merge(GOOD, KEYS)) == ""
    for field in keys(KEYS)
        half = refusal(merge(GOOD, filter(other -> other[1] != field, KEYS)))
        @test names(field, half) && occursin("missing", half)
        for value in (nothing, 1, "", "a"^39, "a"^41, "\0"^40, "é"^40, "a"^39 * "\"", "~"^40)
            @test names(field, refusal(merge(GOOD, KEYS, Dict{String,Any}(field => value))))
        end
    end
end
